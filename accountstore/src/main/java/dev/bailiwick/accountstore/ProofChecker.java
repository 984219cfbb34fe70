package dev.bailiwick.accountstore;

import dev.bailiwick.accountstore.ProofVerdict.Code;
import dev.bailiwick.accountstore.ProofVerdict.Consistent;
import dev.bailiwick.accountstore.ProofVerdict.Included;
import dev.bailiwick.accountstore.ProofVerdict.Refused;
import dev.bailiwick.accountstore.ProofVerdict.Trust;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.CanonicalException;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.capnproto.DecodeException;
import org.jspecify.annotations.Nullable;

/**
 * Checks proofs without the store: from the text, and from what the asker believes already. Stateless.
 *
 * <p>INVARIANT (fail closed): every line of a proof is accounted for. One that is missing, added, doubled or out of place is refused, as is
 * any text that states the same in another way. Only signatures of others below a checkpoint are passed over, as signed notes want it.
 */
public final class ProofChecker {
    /** Characters of a proof: a record and an entry of the largest size in Base64, the path, and a thousand rotations. */
    private static final int PROOF_CHARS = 8 * 1024 * 1024;

    private ProofChecker() {}

    /** What the proof shows. */
    public static ProofVerdict check(String proof, ProofTrust trust) {
        try {
            if (proof.length() > PROOF_CHARS) {
                throw new RefusedProof(Code.MALFORMED, "the file is too long for a proof");
            }
            if (proof.startsWith(ProofFile.RECORD + "\n")) {
                return record(proof, trust);
            }
            if (proof.startsWith(ProofFile.CONSISTENCY + "\n")) {
                return consistency(proof, trust);
            }
            throw new RefusedProof(
                    Code.MALFORMED,
                    "the file does not begin with " + ProofFile.RECORD + " or " + ProofFile.CONSISTENCY);
        } catch (RefusedProof refused) {
            return refused.verdict();
        }
    }

    // ---- record proofs ----

    private static ProofVerdict record(String proof, ProofTrust trust) {
        Lines lines = new Lines(proof);
        lines.exactly(ProofFile.RECORD);
        RecordKind kind = kind(lines.value("kind"));
        RecordId recordId = recordId(lines.value("id"));
        long version = number(lines.value("version"));
        byte[] record = base64(lines.value("record"));
        byte[] entryBytes = base64(lines.value("entry"));
        KeyChain chain = keys(lines);
        lines.exactly("");
        lines.exactly(ProofFile.TLOG);
        long index = number(lines.value("index"));
        List<Hash256> path = new ArrayList<>();
        while (!lines.next("")) {
            path.add(hash(lines.take()));
        }
        lines.exactly("");
        SignedNote note = note(lines.rest());
        Checkpoint checkpoint = checkpoint(note);

        Stored<?> stored = stored(kind, recordId, version, record);
        JournalEntry entry = entry(entryBytes);
        boolean committed = entry.sequence() == index + 1
                && entry.changes().contains(new Change(kind, recordId, version, stored.contentHash()));
        if (!committed) {
            throw new RefusedProof(
                    Code.ENTRY, "the journal entry did not commit " + new RecordRef(kind, recordId).version(version));
        }
        Hash256 leaf = MerkleTree.leafHash(entryBytes);
        if (!MerkleTree.verifyInclusion(leaf, index, checkpoint.size(), path, checkpoint.root())) {
            throw new RefusedProof(
                    Code.PATH, "the hashes do not lead from entry " + (index + 1) + " to the checkpoint's root");
        }
        Trust why = trusted(chain, List.of(note), trust);
        return new Included(
                kind, recordId, version, stored.contentHash(), entry.sequence(), entry.time(), checkpoint, why);
    }

    private static Stored<?> stored(RecordKind kind, RecordId recordId, long version, byte[] record) {
        try {
            return Records.decode(kind, recordId, version, record);
        } catch (CorruptStoreException e) {
            throw new RefusedProof(Code.RECORD, e.what() + ": " + e.why());
        }
    }

    private static JournalEntry entry(byte[] bytes) {
        try {
            JournalEntry entry = JournalCodec.decodeEntry(bytes);
            if (Canonical.isCanonical(bytes) && Arrays.equals(JournalCodec.encode(entry), bytes)) {
                return entry;
            }
        } catch (CanonicalException
                | DecodeException
                | IllegalArgumentException
                | IndexOutOfBoundsException malformed) {
            throw new RefusedProof(Code.ENTRY, "the journal entry cannot be read");
        }
        throw new RefusedProof(Code.ENTRY, "the journal entry is not canonical");
    }

    // ---- consistency proofs ----

    private static ProofVerdict consistency(String proof, ProofTrust trust) {
        Link link = link(proof);
        Trust why = trusted(link.chain(), List.of(link.from(), link.to()), trust);
        return new Consistent(checkpoint(link.from()), checkpoint(link.to()), why);
    }

    /** A consistency proof that holds together. */
    private record Link(KeyChain chain, SignedNote from, SignedNote to) {}

    private static Link link(String proof) {
        Lines lines = new Lines(proof);
        lines.exactly(ProofFile.CONSISTENCY);
        KeyChain chain = keys(lines);
        List<Hash256> path = new ArrayList<>();
        while (!lines.next("")) {
            path.add(hash(lines.value("hash")));
        }
        lines.exactly("");
        SignedNote from = note(lines.paragraphs(2));
        lines.exactly("");
        SignedNote to = note(lines.rest());
        Checkpoint smaller = checkpoint(from);
        Checkpoint greater = checkpoint(to);
        if (!smaller.origin().equals(greater.origin())) {
            throw new RefusedProof(Code.ORIGIN, "the two checkpoints are of different stores or epochs");
        }
        if (!MerkleTree.verifyConsistency(smaller.size(), smaller.root(), greater.size(), greater.root(), path)) {
            throw new RefusedProof(
                    Code.PATH,
                    "the hashes do not show the journal of " + smaller.size()
                            + " entries to be the beginning of that of " + greater.size());
        }
        return new Link(chain, from, to);
    }

    // ---- keys, signatures, trust ----

    private static Trust trusted(KeyChain chain, List<SignedNote> notes, ProofTrust trust) {
        List<KeyChain.Link> links = chain.links()
                .orElseThrow(() -> new RefusedProof(Code.KEYS, "the keys are not linked by their statements"));
        for (SignedNote note : notes) {
            requireSigned(chain, links, note);
        }
        boolean byKey = trust.key().map(line -> byKey(line, chain, links)).orElse(false);
        boolean byCheckpoint = trust.checkpoint()
                .map(kept -> byCheckpoint(note(kept), chain, links, notes, byKey, trust.link()))
                .orElse(false);
        return byKey ? Trust.KEY : byCheckpoint ? Trust.CHECKPOINT : Trust.NOTHING;
    }

    private static void requireSigned(KeyChain chain, List<KeyChain.Link> links, SignedNote note) {
        Checkpoint checkpoint = checkpoint(note);
        if (!checkpoint.origin().equals(chain.origin())) {
            throw new RefusedProof(Code.ORIGIN, "the keys and the checkpoint are of different stores or epochs");
        }
        if (KeyChain.signer(links, note, checkpoint).isEmpty()) {
            throw new RefusedProof(
                    Code.SIGNATURE,
                    "no key that signed for the store at size " + checkpoint.size() + " has signed the checkpoint");
        }
    }

    private static boolean byKey(String line, KeyChain chain, List<KeyChain.Link> links) {
        CheckpointKey.Named given = CheckpointKey.parse(line)
                .orElseThrow(() -> new RefusedProof(Code.OTHER_KEY, "the public key given is no verifier key line"));
        if (!given.name().equals(chain.origin())) {
            throw new RefusedProof(
                    Code.ORIGIN,
                    "the public key given is that of \"" + given.name() + "\", the proof is of \"" + chain.origin()
                            + "\"");
        }
        if (links.stream().noneMatch(link -> link.key().equals(given.key()))) {
            throw new RefusedProof(
                    Code.OTHER_KEY, "the public key given is none of the keys that signed for the store in this proof");
        }
        return true;
    }

    /** Compares the proof's checkpoints with one that was kept. */
    private static boolean byCheckpoint(
            SignedNote keptNote,
            KeyChain chain,
            List<KeyChain.Link> links,
            List<SignedNote> notes,
            boolean byKey,
            Optional<String> linkText) {
        Checkpoint kept = checkpoint(keptNote);
        if (!kept.origin().equals(chain.origin())) {
            throw new RefusedProof(
                    Code.ORIGIN,
                    "the checkpoint given is of \"" + kept.origin() + "\", the proof of \"" + chain.origin() + "\"");
        }
        // Who kept the checkpoint kept its signature, which nobody could make up for them.
        boolean keyKnown = byKey || KeyChain.signer(links, keptNote, kept).isPresent();
        List<Checkpoint> shown = notes.stream().map(ProofChecker::checkpoint).toList();
        Optional<Checkpoint> sameSize =
                shown.stream().filter(found -> found.size() == kept.size()).findFirst();
        Checkpoint greatest = shown.getLast();
        if (sameSize.isPresent()) {
            requireSameRoot(kept, sameSize.get());
        } else {
            requireLinked(kept, greatest, linkText.orElseThrow(() -> unlinked(kept, greatest)));
        }
        // What lies beyond a kept checkpoint, anybody could append; only the store's key vouches for it.
        if (greatest.size() > kept.size() && !keyKnown) {
            throw new RefusedProof(
                    Code.SIGNATURE,
                    "the proof is of a greater size than the checkpoint given, and not signed by a key known from it;"
                            + " give the store's public key too");
        }
        return true;
    }

    private static RefusedProof unlinked(Checkpoint kept, Checkpoint shown) {
        long from = Math.min(kept.size(), shown.size());
        long to = Math.max(kept.size(), shown.size());
        return new RefusedProof(
                Code.UNLINKED,
                "the checkpoint given is of size " + kept.size() + ", that of the proof of size " + shown.size()
                        + "; link them with a proof of 'store consistency " + from + " " + to + "'");
    }

    private static void requireLinked(Checkpoint kept, Checkpoint shown, String linkText) {
        Link link = link(linkText);
        List<Checkpoint> ends = List.of(checkpoint(link.from()), checkpoint(link.to()));
        for (Checkpoint one : List.of(kept, shown)) {
            Checkpoint end = ends.stream()
                    .filter(found ->
                            found.size() == one.size() && found.origin().equals(one.origin()))
                    .findFirst()
                    .orElseThrow(() -> new RefusedProof(
                            Code.UNLINKED, "the consistency proof given does not link size " + one.size()));
            requireSameRoot(one, end);
        }
    }

    private static void requireSameRoot(Checkpoint kept, Checkpoint shown) {
        if (!kept.root().equals(shown.root())) {
            throw new RefusedProof(
                    Code.FORKED,
                    "at size " + kept.size() + " the checkpoint given has root " + kept.root() + " and the proof "
                            + shown.root() + ": the store has shown two histories");
        }
    }

    // ---- parts ----

    private static KeyChain keys(Lines lines) {
        CheckpointKey.Named first = CheckpointKey.parse(lines.value("key"))
                .orElseThrow(() -> new RefusedProof(Code.MALFORMED, "the line \"key\" holds no verifier key"));
        List<String> statements = new ArrayList<>();
        while (lines.nextIs("rotation")) {
            statements.add(new String(base64(lines.value("rotation")), StandardCharsets.UTF_8));
        }
        return new KeyChain(first.name(), first.key(), statements);
    }

    private static SignedNote note(String text) {
        return SignedNote.parse(text)
                .filter(note -> note.toString().equals(text))
                .orElseThrow(() -> new RefusedProof(Code.MALFORMED, "the checkpoint is no signed note"));
    }

    private static Checkpoint checkpoint(SignedNote note) {
        return Checkpoint.parse(note.text())
                .filter(checkpoint -> checkpoint.text().equals(note.text()))
                .orElseThrow(() -> new RefusedProof(Code.MALFORMED, "the checkpoint's text is not one"));
    }

    private static RecordKind kind(String text) {
        return Arrays.stream(RecordKind.values())
                .filter(kind -> kind.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new RefusedProof(Code.MALFORMED, "there is no kind of record \"" + text + "\""));
    }

    private static RecordId recordId(String text) {
        try {
            return RecordId.parse(text);
        } catch (IllegalArgumentException e) {
            throw new RefusedProof(Code.MALFORMED, "\"" + text + "\" is no record id");
        }
    }

    private static long number(String text) {
        try {
            long number = Long.parseLong(text);
            if (number >= 0 && Long.toString(number).equals(text)) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            throw new RefusedProof(Code.MALFORMED, "\"" + text + "\" is no number");
        }
        throw new RefusedProof(Code.MALFORMED, "\"" + text + "\" is no number written plainly");
    }

    private static Hash256 hash(String text) {
        byte[] bytes = base64(text);
        if (bytes.length != Hash256.BYTES) {
            throw new RefusedProof(Code.MALFORMED, "\"" + text + "\" is no hash");
        }
        return Hash256.of(bytes);
    }

    private static byte[] base64(String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
                return bytes;
            }
        } catch (IllegalArgumentException notBase64) {
            throw new RefusedProof(Code.MALFORMED, "a value is not Base64");
        }
        throw new RefusedProof(Code.MALFORMED, "a value is not Base64 as it is written");
    }

    /** Why reading or checking ends; never leaves this class. */
    private static final class RefusedProof extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final Code code;
        private final String reason;

        RefusedProof(Code code, String reason) {
            super(reason, null, false, false);
            this.code = code;
            this.reason = reason;
        }

        Refused verdict() {
            return new Refused(code, reason);
        }
    }

    /** The lines of a proof, taken one by one. */
    private static final class Lines {
        private final String text;
        private int at;

        Lines(String text) {
            this.text = text;
        }

        private @Nullable String peek() {
            int end = text.indexOf('\n', at);
            return end < 0 ? null : text.substring(at, end);
        }

        boolean next(String line) {
            return line.equals(peek());
        }

        boolean nextIs(String name) {
            String line = peek();
            return line != null && line.startsWith(name + " ");
        }

        String take() {
            String line = peek();
            if (line == null) {
                throw new RefusedProof(Code.MALFORMED, "the proof ends too early");
            }
            at += line.length() + 1;
            return line;
        }

        void exactly(String line) {
            String found = take();
            if (!found.equals(line)) {
                throw new RefusedProof(
                        Code.MALFORMED,
                        line.isEmpty()
                                ? "\"" + found + "\" is one line too many"
                                : "the line \"" + line + "\" is missing");
            }
        }

        String value(String name) {
            String line = take();
            if (!line.startsWith(name + " ")) {
                throw new RefusedProof(Code.MALFORMED, "the line \"" + name + "\" is missing");
            }
            return line.substring(name.length() + 1);
        }

        /** That many paragraphs, with the empty lines between them and without the one after. */
        String paragraphs(int count) {
            int start = at;
            for (int i = 0; i < count; i++) {
                if (i > 0) {
                    exactly("");
                }
                do {
                    take();
                } while (!next(""));
            }
            return text.substring(start, at);
        }

        String rest() {
            return text.substring(at);
        }
    }
}
