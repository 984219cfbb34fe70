package dev.bailiwick.accountstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.ContentHash;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.TransactionId;
import dev.bailiwick.schema.gen.AccountRecord;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import org.capnproto.MessageBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The stored bytes are a contract: golden bytes, and that the same commands make the same bytes anywhere. */
class FormatTest {
    private static final RoleBinding BINDING = new RoleBinding(
            PrincipalId.parse("prn-00112233445566778899aabbccddeeff"),
            "guest",
            BindingState.ACTIVE,
            Optional.empty(),
            Optional.empty());

    @Test
    void aRecordHasGoldenBytes() {
        ChainFields chain = RecordCodec.sealed(
                new ChainFields(
                        RecordId.parse("rec-101112131415161718191a1b1c1d1e1f"),
                        1,
                        1,
                        1,
                        2,
                        Optional.empty(),
                        Optional.empty(),
                        Instant.ofEpochMilli(1),
                        Instant.ofEpochMilli(1)),
                BINDING);
        byte[] bytes = RecordCodec.encode(chain, BINDING);
        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo(hex(
                        "00000000 0700 0600", // root: 7 data words, 6 pointers
                        "0000 0000 01000000", // state active, padding, schemaVersion 1
                        "0000000000000000", // expiresAtMs: never
                        "0100000000000000", // storeEpoch 1
                        "0100000000000000", // recordVersion 1
                        "0200000000000000", // policyEpoch 2
                        "0100000000000000", // createdAtMs
                        "0100000000000000", // updatedAtMs
                        "15000000 82000000", // recordId: 16 bytes
                        "19000000 82000000", // principalId: 16 bytes
                        "1d000000 32000000", // role: 6 bytes with the final zero
                        "0000000000000000", // grantedBy: unset
                        "0000000000000000", // previousHash: unset
                        "15000000 02010000", // contentHash: 32 bytes
                        "101112131415161718191a1b1c1d1e1f",
                        "00112233445566778899aabbccddeeff",
                        "6775657374000000", // "guest"
                        chain.contentHash().orElseThrow().toString()));
        assertThat(chain.contentHash().orElseThrow())
                .isEqualTo(ContentHash.ofRecord(RecordKind.ROLE_BINDING.typeId(), bytes, 5));
    }

    @Test
    void theContentHashLeavesOutItselfAndNothingElse() {
        for (Mutation seed : Stores.seeds()) {
            ChainFields chain = new ChainFields(
                    seed.recordId(),
                    1,
                    1,
                    2,
                    1,
                    Optional.of(Hash256.sha256()),
                    Optional.empty(),
                    Stores.NOON,
                    Stores.NOON);
            RecordKind kind = seed.content().recordKind();
            byte[] without = RecordCodec.encode(chain, seed.content());
            byte[] with = RecordCodec.encode(RecordCodec.sealed(chain, seed.content()), seed.content());
            assertThat(with).as(kind.text()).isNotEqualTo(without);
            assertThat(Canonical.withoutPointer(with, kind.contentHashPointer()))
                    .as(kind.text())
                    .isEqualTo(without);
        }
    }

    @Test
    void everySeedComesBackAsItWent() {
        for (Mutation seed : Stores.seeds()) {
            byte[] bytes = RecordCodec.proposed(seed.recordId(), seed.content());
            RecordCodec.Decoded decoded = RecordCodec.decode(seed.content().recordKind(), bytes);
            assertThat(decoded.content()).isEqualTo(seed.content());
            assertThat(decoded.chain()).isEqualTo(ChainFields.proposed(seed.recordId()));
        }
    }

    @Test
    void aCommandComesBackAsItWent() {
        Transaction transaction = new Transaction(
                TransactionId.of(new byte[16]),
                Stores.NOON,
                new Actor.Offline(1000),
                "store.init",
                Optional.of(ApprovalId.of(new byte[16])),
                Stores.seeds(),
                List.of(new Precondition(
                        RecordKind.ACCOUNT, RecordId.of(new byte[16]), new Expected(3, Optional.of(Hash256.sha256())))),
                Optional.of(Hash256.sha256()));
        assertThat(JournalCodec.decodeCommand(JournalCodec.encode(transaction))).isEqualTo(transaction);
    }

    @ParameterizedTest
    @EnumSource(RecordKind.class)
    void kindsHaveTheSchemasCodesAndTypeIds(RecordKind kind) {
        assertThat(dev.bailiwick.schema.gen.RecordKind.of((short) kind.code()).name())
                .isEqualTo(kind.name());
        assertThat(RecordKind.ofCode(kind.code())).contains(kind);
    }

    @Test
    void aRecordOfAnUnknownSchemaVersionOrEnumValueIsRefused() {
        MessageBuilder message = new MessageBuilder();
        AccountRecord.Builder account = message.initRoot(AccountRecord.factory);
        Mutation seed = Stores.seeds().stream()
                .filter(mutation -> mutation.content().recordKind() == RecordKind.ACCOUNT)
                .findFirst()
                .orElseThrow();
        byte[] bytes = RecordCodec.proposed(seed.recordId(), seed.content());
        account.setRecordId(seed.recordId().toBytes());
        assertThatThrownBy(() -> RecordCodec.decode(RecordKind.ACCOUNT, Canonical.of(message)))
                .isInstanceOf(IllegalArgumentException.class);
        bytes[8] = 99; // kind: no such principal kind
        assertThatThrownBy(() -> RecordCodec.decode(RecordKind.ACCOUNT, bytes))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @ResourceLock(Resources.LOCALE)
    void theSameCommandsMakeTheSameBytesUnderAnyLocale() {
        Locale before = Locale.getDefault();
        try {
            StoreHead usual = headAfterSomeCommands();
            Locale.setDefault(Locale.forLanguageTag("tr-TR"));
            assertThat(headAfterSomeCommands()).isEqualTo(usual);
        } finally {
            Locale.setDefault(before);
        }
    }

    private static StoreHead headAfterSomeCommands() {
        try (Engine engine = RamEngine.open();
                AccountStore store = AccountStore.createInMemory(
                        engine, Stores.seeds(), InstantSource.fixed(Stores.NOON), new SplittableRandom(7))) {
            Stored<Account> istanbul = Stores.create(store, "ISTANBUL");
            Stores.committed(store.accountManager()
                    .addRole(istanbul.recordId(), "security-auditor", Optional.empty(), 0, Stores.DAEMON));
            return store.inspector().head();
        }
    }

    private static String hex(String... parts) {
        return String.join("", parts).replace(" ", "");
    }
}
