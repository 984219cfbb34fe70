package dev.bailiwick.accountstore;

import static dev.bailiwick.accountstore.Stores.DAEMON;
import static dev.bailiwick.accountstore.Stores.committed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program in another language, written from docs/format.md, with openssl for the signatures, comes to the same verdicts. */
@Tag("native-tools")
class IndependentProofTest {
    @TempDir
    private Path directory;

    @Test
    void anIndependentProgramIsConvincedByProofsAndByNothingElse() throws Exception {
        try (Engine engine = RamEngine.open();
                AccountStore store = Stores.inMemory(engine)) {
            Stored<Account> alice = Stores.create(store, "alice");
            String firstKey = store.inspector().checkpoint().verifierKey();
            for (int i = 0; i < 5; i++) {
                Stores.create(store, "user-" + i);
            }
            committed(store.rotateKey(DAEMON));
            committed(store.accountManager().setStatus(alice.recordId(), AccountStatus.LOCKED, 0, DAEMON));
            String lastKey = store.inspector().checkpoint().verifierKey();

            String proof = store.prover()
                    .inclusion(RecordKind.ACCOUNT, alice.recordId(), 1, 0)
                    .orElseThrow();
            for (String key : new String[] {firstKey, lastKey}) {
                assertThat(verify(proof, key))
                        .isEqualTo("0 committed account " + alice.recordId() + " version 1 hash " + alice.contentHash()
                                + " sequence 2 size 9\n");
            }
            assertThat(verify(proof.replace("version 1\n", "version 2\n"), firstKey))
                    .startsWith("6 ");
            assertThat(verify(proof.replace("\nindex 1\n", "\nindex 2\n"), firstKey))
                    .startsWith("6 ");
            int record = proof.indexOf("\nrecord ") + 30;
            assertThat(verify(
                            proof.substring(0, record)
                                    + (proof.charAt(record) == 'A' ? 'B' : 'A')
                                    + proof.substring(record + 1),
                            firstKey))
                    .startsWith("6 ");
            assertThat(verify(store.prover().consistency(3, 0).orElseThrow(), lastKey))
                    .isEqualTo("0 consistent 3 9\n");
            assertThat(verify(
                            store.prover().consistency(3, 0).orElseThrow().replaceFirst("hash [^\n]*\n", ""), lastKey))
                    .startsWith("6 ");
        }
    }

    private String verify(String proof, String key) throws IOException, InterruptedException {
        Path file = directory.resolve("proof");
        Files.writeString(file, proof);
        Process process = new ProcessBuilder(
                        "python3",
                        "src/test/resources/dev/bailiwick/accountstore/verify_proof.py",
                        file.toString(),
                        key)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + output;
    }
}
