package dev.bailiwick.cli;

import dev.bailiwick.accountstore.KeptManifest;
import dev.bailiwick.accountstore.OpaqueBytes;
import dev.bailiwick.daemon.StoreTransfer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code account-admin store manifest}: the manifest that a store was made from, out of the store. */
@Command(
        name = "manifest",
        description = {
            "Print the seed manifest that the store in --store DIR was made from, byte for byte, however damaged the store is.",
            "For 'store recover' where the file is lost. Read it before you use it: what the anchor does not vouch for, whoever could write the"
                    + " store's files could have put there. What can be shown goes to standard error, with the file's SHA-256."
        })
final class ManifestCommand implements Runnable {
    private final Context context;

    ManifestCommand(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        Optional<KeptManifest> kept = StoreTransfer.manifest(context.storeDirectory());
        if (kept.isEmpty()) {
            throw CommandFailure.of(
                    ExitStatus.CORRUPT,
                    "corrupt",
                    "what the store says of its manifest cannot be read",
                    "take the file that 'bailiwick init' was given; with another, 'store recover' goes on only where the store can"
                            + " no longer tell");
        }
        KeptManifest manifest = kept.get();
        String what = "manifest \"" + Printable.text(manifest.name()) + "\", SHA-256 " + manifest.sha256();
        switch (manifest.standing()) {
            case ANCHORED, COMMITTED -> {}
            case UNVOUCHED ->
                throw CommandFailure.of(
                        ExitStatus.CORRUPT,
                        "corrupt",
                        "no journal entry vouches for what the store says of its manifest: " + what,
                        "look for a file with that SHA-256");
        }
        byte[] source = manifest.source()
                .map(OpaqueBytes::toBytes)
                .orElseThrow(() -> CommandFailure.of(
                        ExitStatus.NOT_FOUND,
                        "not-found",
                        "the store does not keep the manifest itself: " + what,
                        "look for a file with that SHA-256: sha256sum *.toml"));
        context.output().remark(what + ", " + manifest.standing().word());
        Json.Obj answer = Json.object()
                .with("name", manifest.name())
                .with("sha256", manifest.sha256().toString())
                .with("standing", manifest.standing().word())
                .with("source", new String(source, StandardCharsets.UTF_8));
        if (context.output().isJson()) {
            context.output().answer(answer, style -> "");
        } else {
            context.output().raw().writeBytes(source);
        }
    }
}
