package dev.bailiwick.cli;

import dev.bailiwick.accountstore.Checkpoint;
import dev.bailiwick.accountstore.ProofChecker;
import dev.bailiwick.accountstore.ProofTrust;
import dev.bailiwick.accountstore.ProofVerdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks proof files, with nothing but the files. */
final class ProofCommands {
    /** Larger than any proof. */
    private static final long FILE_BYTES = 16L * 1024 * 1024;

    private ProofCommands() {}

    /** What the proof shows, as the answer; a refused proof is a {@link CommandFailure} with exit status 6. */
    static Json.Obj verify(Path proof, @Nullable Path checkpoint, @Nullable String publicKey, @Nullable Path link) {
        ProofTrust trust = new ProofTrust(
                Optional.ofNullable(publicKey).map(ProofCommands::keyLine),
                Optional.ofNullable(checkpoint).map(ProofCommands::read),
                Optional.ofNullable(link).map(ProofCommands::read));
        return switch (ProofChecker.check(read(proof), trust)) {
            case ProofVerdict.Included shown ->
                Json.object()
                        .with("shows", "committed")
                        .with("kind", shown.kind().text())
                        .with("recordId", shown.recordId().toString())
                        .with("recordVersion", shown.version())
                        .with("contentHash", shown.contentHash().toString())
                        .with("sequence", shown.sequence())
                        .with("timeMs", shown.time().toEpochMilli())
                        .with("checkpoint", checkpoint(shown.checkpoint()))
                        .with("trust", trust(shown.trust()));
            case ProofVerdict.Consistent shown ->
                Json.object()
                        .with("shows", "consistent")
                        .with("from", checkpoint(shown.from()))
                        .with("to", checkpoint(shown.to()))
                        .with("trust", trust(shown.trust()));
            case ProofVerdict.Refused(var code, String message) ->
                throw CommandFailure.of(
                        ExitStatus.CORRUPT,
                        code.text(),
                        "the proof is refused: " + message,
                        "ask for it again, and compare the store's checkpoints if that is refused too");
        };
    }

    /** What people are to know beside the answer. */
    static String remark(Json.Obj verdict) {
        String limit = verdict.text("shows").equals("committed")
                ? "this shows that the version was committed, not that it is the newest"
                : "this shows that nothing was taken away or changed between the two sizes";
        return verdict.text("trust").equals("nothing")
                ? limit + "; nothing vouches for it: give --public-key or --checkpoint, which you have from elsewhere"
                : limit;
    }

    private static Json.Obj checkpoint(Checkpoint checkpoint) {
        return Json.object()
                .with("origin", checkpoint.origin())
                .with("size", checkpoint.size())
                .with("root", checkpoint.root().toString());
    }

    private static String trust(ProofVerdict.Trust trust) {
        return switch (trust) {
            case KEY -> "public-key";
            case CHECKPOINT -> "checkpoint";
            case NOTHING -> "nothing";
        };
    }

    /** A verifier key line, or a file that holds one. */
    private static String keyLine(String given) {
        return given.contains("+") && !Files.exists(Path.of(given))
                ? given
                : read(Path.of(given)).strip();
    }

    private static String read(Path file) {
        try {
            if (Files.size(file) > FILE_BYTES) {
                throw CommandFailure.usage("\"" + file + "\" is too large for a proof", "name a proof file");
            }
            // Not as strict UTF-8: a proof with damaged bytes is to be refused as a proof.
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw CommandFailure.of(
                    ExitStatus.NOT_FOUND, "not-found", "there is no file \"" + file + "\"", "check the path");
        } catch (IOException e) {
            throw CommandFailure.usage("cannot read \"" + file + "\": " + e.getMessage(), "check the path");
        }
    }
}
