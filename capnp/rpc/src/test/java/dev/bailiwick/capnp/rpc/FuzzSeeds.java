package dev.bailiwick.capnp.rpc;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.wire.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What the fuzzer starts from: honest messages and conversations, and the malformed ones that advisories tell of. The files next
 * to them in the corpus are findings, and inputs that reached what no other did.
 */
final class FuzzSeeds {
    /** The prefix of the files that are made here. */
    static final String PREFIX = "seed-";

    private FuzzSeeds() {}

    /** Writes the seeds to the corpus: {@code FuzzSeeds FOLDER}. */
    static void main(String... arguments) throws IOException {
        for (Map.Entry<String, byte[]> seed : all().entrySet()) {
            Path file = Path.of(arguments[0]).resolve(seed.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, seed.getValue());
        }
    }

    /** Every seed, by its file in the corpus. */
    static Map<String, byte[]> all() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        messages().forEach((name, bytes) -> seeds.put("message/" + PREFIX + name, bytes));
        connections().forEach((name, bytes) -> seeds.put("connection/" + PREFIX + name, bytes));
        conversations().forEach((name, bytes) -> seeds.put("conversation/" + PREFIX + name, bytes));
        return seeds;
    }

    private static Map<String, byte[]> messages() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        for (int i = 0; i < 4; i++) {
            seeds.put("kinds-" + i, array(KindsSamples.full(new Random(i))));
        }
        Random random = new Random(7);
        for (int i = 0; i < 12; i++) {
            ByteBuffer damaged = KindsSamples.full(random);
            Damage.strike(damaged, random);
            seeds.put("damaged-" + i, array(damaged));
        }
        seeds.put("voids", framed(Wire.list(0, Wire.VOID, (1 << 29) - 1)));
        seeds.put("empty-structs", framed(Wire.list(0, Wire.COMPOSITE, 0), Wire.compositeTag((1 << 29) - 1, 0, 0)));
        seeds.put("double-far", framed(Wire.far(0, 1) | 4, Wire.far(0, 3), Wire.struct(0, 1, 0), 7));
        seeds.put(
                "structs-as-pointers", framed(Wire.list(0, Wire.COMPOSITE, 4), Wire.compositeTag(2, 1, 1), 1, 0, 2, 0));
        return seeds;
    }

    private static Map<String, byte[]> connections() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("bootstrap", array(message(message -> message.initBootstrap().setQuestionId(0))));
        seeds.put("unimplemented", array(message(message -> message.initJoin().setQuestionId(0))));
        seeds.put("abort", array(message(message -> message.initAbort().setReason("bye"))));
        for (int i = 0; i < 6; i++) {
            seeds.put("traffic-" + i, traffic(new Random(i)));
        }
        return seeds;
    }

    /** What one vat sends another while it calls, is called back, and gives things up. */
    private static byte[] traffic(Random random) {
        TwoVats vats = new TwoVats(Adder::new, Adder::new, Limits.DEFAULT);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        vats.right.damage(bytes -> sent.writeBytes(array(bytes.duplicate())));
        try (Counter.Client remote = vats.left.bootstrap(Counter.factory);
                Counter.Client own = new Adder(vats.executor).client()) {
            List<Counter.Client> targets = new java.util.ArrayList<>(List.of(remote.share(), own.share()));
            for (int i = 0; i < 5; i++) {
                Counter.Client target = targets.get(random.nextInt(targets.size()));
                var request = switch (random.nextInt(5)) {
                    case 0 -> target.addRequest();
                    case 1 -> target.childRequest();
                    case 2 -> target.callBackRequest();
                    case 3 -> target.hangRequest();
                    default -> target.echoRequest();
                };
                request.params().setCounter(targets.get(random.nextInt(targets.size())));
                request.params().initInner().initAll(2).set(1, own);
                var call = request.send();
                targets.add(call.pipeline().getCounter());
                if (random.nextInt(3) == 0) {
                    vats.settle(random);
                }
                if (random.nextBoolean()) {
                    call.close();
                }
            }
            targets.forEach(Counter.Client::close);
        }
        vats.settle(random);
        return sent.toByteArray();
    }

    private static Map<String, byte[]> conversations() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("plain", "\0\0\u0001\u0001\0\0\0\0\0\0\u0005\u0005".getBytes(US_ASCII));
        Random random = new Random(11);
        for (int i = 0; i < 8; i++) {
            byte[] steps = new byte[60 + random.nextInt(200)];
            random.nextBytes(steps);
            steps[0] = 0;
            steps[1] = 0;
            seeds.put("steps-" + i, steps);
        }
        return seeds;
    }

    private static ByteBuffer message(Consumer<Message.Builder> filler) {
        Draft draft = Draft.plain(32);
        filler.accept(draft.root().initAs(Message.factory));
        return Streams.bytes(draft);
    }

    private static byte[] framed(long... words) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + words.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0).putInt(words.length);
        for (long word : words) {
            bytes.putLong(word);
        }
        return bytes.array();
    }

    private static byte[] array(ByteBuffer bytes) {
        byte[] array = new byte[bytes.remaining()];
        bytes.get(array);
        return array;
    }
}
