package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.SeedRecords;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.RootId;
import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.gen.Credentials;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CredentialsGateTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final byte[] OLD = "an old long password".getBytes(UTF_8);
    private static final byte[] NEW = "a new long password".getBytes(UTF_8);

    /**
     * Hashing takes as long as a logout and more. The membrane has let the call in by then, so it is for the commit lane to ask
     * again.
     */
    @Test
    void aPasswordIsNotChangedThroughAGrantThatWasClosedWhileItWasHashed() {
        SecureRandom random = new SecureRandom();
        InstantSource clock = InstantSource.fixed(NOW);
        CompletableFuture<String> code = new CompletableFuture<>();
        try (Engine engine = RamEngine.open();
                HashPool pool = new HashPool(1, 4)) {
            AccountStore store = AccountStore.createInMemory(
                    engine,
                    SeedRecords.of(
                            Shipped.manifest(),
                            NOW,
                            seed -> {
                                EnrolmentCode drawn = EnrolmentCode.draw(random);
                                if (seed.label().equals("operator-first-code")) {
                                    code.complete(drawn.text());
                                }
                                return drawn.verifier();
                            },
                            EnrolmentCode.ALGORITHM),
                    clock,
                    random);
            Records records = new StoreRecords(store::read, store.credentials());
            Authenticator authenticator =
                    new Authenticator(records, store.accountManager(), pool, "test", clock, random);
            assertThat(authenticator.enroll("operator", code.join().getBytes(US_ASCII), OLD.clone(), "", 1))
                    .isInstanceOf(Authenticator.Identified.As.class);

            Grant grant =
                    grant(records.byName(AccountName.parse("operator").key()).orElseThrow(), clock);
            grant.shut(Cause.of("logged out"));
            SelfService service = new SelfService(grant, records, authenticator, store.accountManager(), clock, random);
            try (Credentials.Client inside = Credentials.client(new CredentialsServer(service))) {
                var request = inside.rotateRequest();
                request.params().setCurrent(OLD.clone());
                request.params().setReplacement(NEW.clone());
                assertThatThrownBy(() -> request.send().await()).hasMessage("revoked: logged out");
            }
            assertThat(authenticator.password("operator", OLD.clone(), 1))
                    .isInstanceOf(Authenticator.Identified.As.class);
            store.close();
        }
    }

    private static Grant grant(Dossier dossier, InstantSource clock) {
        Id128 any = new Id128(1, 2);
        return new Grant(
                new Session(
                        new Session.Identity(
                                new SessionId(any),
                                dossier.account().recordId(),
                                dossier.account().content().principalId(),
                                "operator",
                                "",
                                SessionKind.OPERATOR,
                                SessionSource.UNIX_SOCKET,
                                AuthStrength.PASSWORD,
                                1,
                                NOW,
                                new RootId(any),
                                new RootId(any)),
                        Optional.empty(),
                        clock),
                new PolicyDecision.Granted(
                        Slot.CREDENTIALS, SlotAccess.FULL, Optional.empty(), Optional.empty(), "", List.of()));
    }
}
