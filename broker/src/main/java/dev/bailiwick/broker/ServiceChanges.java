package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStoreManager;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.NewAccount;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.ProfileCodecs;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.profiles.ServiceWords;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.Hash256;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Definitions of services, as an account administrator makes them (seed 004). Pure but for what it reads and commits. */
final class ServiceChanges {
    static final String PROFILE = "service";
    static final String ROLE = "service-account";
    static final String SUPERVISOR = "bailiwickd";

    private ServiceChanges() {}

    /**
     * What was asked for, once it is known to mean something.
     *
     * @param name of the service; the message has none
     * @throws RefusedException with a stable code if it does not
     */
    static ServiceIdentity definition(String name, dev.bailiwick.schema.gen.ServiceIdentity.Reader wire) {
        if (name.isEmpty()) {
            throw new RefusedException(
                    new Refusal("invalid-name", "a service has a name", "its SID is derived from it"));
        }
        if (wire.getBinarySha256().size() != Hash256.BYTES) {
            throw new RefusedException(new Refusal(
                    "unmeasured-binary",
                    "the binary of service " + Refusal.quoted(name) + " has no measurement",
                    "give its SHA-256, or let it be measured where it is"));
        }
        ServiceIdentity read;
        try {
            String supervisor = wire.getSupervisor().toString();
            read = ProfileCodecs.read(wire, name, supervisor.isEmpty() ? SUPERVISOR : supervisor);
        } catch (IllegalArgumentException unfit) {
            throw new RefusedException(Refusal.because("invalid-argument", String.valueOf(unfit.getMessage())));
        }
        read.requiredPrivileges()
                .ifPresent(names -> names.forEach(privilege -> refuse(ServiceWords.privilege(privilege))));
        if (!read.descriptor().isEmpty()) {
            refuse(ServiceWords.descriptor(read.descriptor()));
        }
        return read;
    }

    private static void refuse(Optional<ServiceWords.Fault> fault) {
        fault.ifPresent(found -> {
            throw new RefusedException(new Refusal(found.code().text(), found.message(), found.hint()));
        });
    }

    /** Writes it: a new account, or a new version of the one there is. Empty profiles are left as they are, or those of services. */
    static CommitResult define(
            AccountStoreManager accounts,
            Optional<Stored<Account>> existing,
            AccountName name,
            ServiceIdentity definition,
            Optional<ProfileRef> resources,
            Optional<ProfileRef> policy,
            long expect,
            Attribution by) {
        if (existing.isPresent()) {
            return accounts.defineService(existing.get().recordId(), definition, resources, policy, expect, by);
        }
        return accounts.create(
                new NewAccount(
                        name,
                        "Service " + name.text(),
                        PrincipalKind.SERVICE,
                        new TreeSet<>(List.of(ROLE)),
                        resources.orElseThrow(),
                        policy.orElseThrow(),
                        List.of(),
                        Optional.of(definition)),
                by);
    }
}
