package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.profiles.RoleDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a change of records was, in words for the audit chain: the fields that differ, as they were and as they are. It has no way to a
 * secret: of a credential it says which sort it is and whether it works, of a subject elsewhere nothing.
 *
 * <p>INVARIANT (determinism): the same records give the same words, in the order of the transaction and of the fields.
 */
final class AuditWords {
    /** Records of one transaction that are told of: more than that are a seed or an import. */
    private static final int RECORDS = 16;

    private final Function<ProfileRef, Optional<String>> profileName;
    private final List<String> before = new ArrayList<>();
    private final List<String> after = new ArrayList<>();
    private int records;

    /** @param profileName the name of the profile that a reference means, in the state the transaction leads to */
    AuditWords(Function<ProfileRef, Optional<String>> profileName) {
        this.profileName = profileName;
    }

    /** Adds what became of one record. */
    void add(Optional<RecordContent> old, RecordContent now) {
        records++;
        if (records > RECORDS) {
            return;
        }
        if (old.isPresent() && old.get() instanceof Account was && now instanceof Account is) {
            accounts(was, is);
            return;
        }
        Map<String, String> was = old.map(this::fields).orElse(Map.of());
        Map<String, String> is = fields(now);
        is.forEach((field, value) -> difference(field, was.getOrDefault(field, ""), value));
        was.forEach((field, value) -> {
            if (!is.containsKey(field)) {
                note(before, field, value);
            }
        });
    }

    /** What {@link #fields} comes to for two accounts, which is most of what is committed; a profile's name is looked up only if it is told. */
    private void accounts(Account was, Account is) {
        difference("name", was.name(), is.name());
        difference("status", was.status().text(), is.status().text());
        difference("roles", String.join(" ", was.roles()), String.join(" ", is.roles()));
        if (!was.resourceProfile().equals(is.resourceProfile())) {
            difference("resourceProfile", profile(was.resourceProfile()), profile(is.resourceProfile()));
        }
        if (!was.policyProfile().equals(is.policyProfile())) {
            difference("policyProfile", profile(was.policyProfile()), profile(is.policyProfile()));
        }
        difference("displayName", was.displayName(), is.displayName());
    }

    private void difference(String field, String was, String is) {
        if (!was.equals(is)) {
            note(before, field, was);
            note(after, field, is);
        }
    }

    private static void note(List<String> to, String field, String value) {
        if (!value.isEmpty()) {
            to.add(field + "=" + value);
        }
    }

    /** As it was; empty if nothing was there. */
    String before() {
        return AuditEvent.shortened(String.join(", ", before));
    }

    /** What was done, and as it is. */
    String after(String operation) {
        return AuditEvent.shortened(after.isEmpty() ? operation : operation + ": " + String.join(", ", after));
    }

    private Map<String, String> fields(RecordContent content) {
        Map<String, String> fields = new LinkedHashMap<>();
        switch (content) {
            case Account account -> {
                fields.put("name", account.name());
                fields.put("status", account.status().text());
                fields.put("roles", String.join(" ", account.roles()));
                fields.put("resourceProfile", profile(account.resourceProfile()));
                fields.put("policyProfile", profile(account.policyProfile()));
                fields.put("displayName", account.displayName());
            }
            case RoleBinding binding ->
                fields.put(
                        "binding of " + binding.role(),
                        binding.state().name().toLowerCase(Locale.ROOT)
                                + binding.expiresAt()
                                        .map(end -> " until " + end)
                                        .orElse(""));
            case ExternalBinding binding ->
                fields.put(
                        binding.bindingId() + " by " + binding.provider(),
                        binding.state().name().toLowerCase(Locale.ROOT)
                                + binding.expiresAt()
                                        .map(end -> " until " + end)
                                        .orElse(""));
            case Credential credential ->
                fields.put(
                        credential.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        credential.state().name().toLowerCase(Locale.ROOT));
            case ResourceProfileContent(var version, ResourceProfile profile) -> resources(profile, fields);
            case PolicyProfileContent(var version, PolicyProfile profile) -> policy(profile, fields);
            case PolicyVersion policy -> {
                for (RoleDefinition role : policy.catalogue().roles().values()) {
                    fields.put(
                            "role " + role.name(),
                            "[" + String.join(" ", role.fragments()) + "] leases [" + String.join(" ", role.leases())
                                    + "]" + (role.administrative() ? " administrative" : "")
                                    + (role.manifestOnly() ? " manifest-only" : "") + " kinds " + role.kinds() + " "
                                    + role.summary());
                }
                policy.catalogue()
                        .fragments()
                        .values()
                        .forEach(fragment -> fields.put(
                                "fragment " + fragment.name(),
                                fragment.slots().stream()
                                        .map(rule -> rule.slot().text() + ":"
                                                + rule.access().text())
                                        .collect(Collectors.joining(" ", "[", "]"))));
            }
            case SeedManifestContent manifest -> fields.put("manifest", manifest.name());
            case StoreKeyContent key -> fields.put("key", key.publicKey().toString());
        }
        return fields;
    }

    private String profile(ProfileRef reference) {
        return profileName
                        .apply(reference)
                        .orElseGet(() -> reference.profileId().toString())
                + reference.versionId().map(pinned -> " at " + pinned).orElse("");
    }

    private static void resources(ResourceProfile profile, Map<String, String> fields) {
        fields.put("name", profile.name());
        fields.put("homeQuotaBytes", text(profile.homeQuotaBytes()));
        fields.put("configQuotaBytes", text(profile.configQuotaBytes()));
        fields.put("cacheQuotaBytes", text(profile.cacheQuotaBytes()));
        fields.put("tempQuotaBytes", text(profile.tempQuotaBytes()));
        fields.put("sessionLimit", text(profile.sessionLimit()));
        fields.put("processLimit", text(profile.processLimit()));
        fields.put("threadLimit", text(profile.threadLimit()));
        fields.put("capLimit", text(profile.capLimit()));
        fields.put("memoryCommitLimitBytes", text(profile.memoryCommitLimitBytes()));
        fields.put("frameGrantLimitPages", text(profile.frameGrantLimitPages()));
        fields.put("endpointQueueLimit", text(profile.endpointQueueLimit()));
        fields.put("inFlightCallLimit", text(profile.inFlightCallLimit()));
        fields.put("pendingIpcSubmissionLimit", text(profile.pendingIpcSubmissionLimit()));
        fields.put("ringScratchLimitBytes", text(profile.ringScratchLimitBytes()));
        fields.put("logQuotaBytesPerWindow", text(profile.logQuotaBytesPerWindow()));
        fields.put("logWindow", text(profile.logWindow()));
        fields.put("cpuBudgetUsPerWindow", text(profile.cpuBudgetUsPerWindow()));
        fields.put("cpuWindowUs", text(profile.cpuWindowUs()));
        fields.put("timerWaiterLimit", text(profile.timerWaiterLimit()));
        fields.put("networkProfile", profile.networkProfile());
        fields.put("launcherProfile", profile.launcherProfile());
    }

    private static void policy(PolicyProfile profile, Map<String, String> fields) {
        fields.put("name", profile.name());
        fields.put("kinds", profile.kinds().toString());
        fields.put("allowedRoles", String.join(" ", profile.allowedRoles()));
        fields.put("fragments", String.join(" ", profile.fragments()));
        fields.put("sessionLifetime", text(profile.sessionLifetime()));
        fields.put("idleTimeout", text(profile.idleTimeout()));
        fields.put("freshAuth", text(profile.freshAuth()));
        fields.put("labels", profile.labels().isEmpty() ? "" : profile.labels().toString());
    }

    private static String text(long number) {
        return Long.toString(number);
    }

    private static String text(Duration duration) {
        return duration.toString();
    }
}
