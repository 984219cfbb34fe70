package dev.bailiwick.bench.identity;

import com.sun.management.ThreadMXBean;
import dev.bailiwick.bench.Rounds;
import dev.bailiwick.bench.Table;
import dev.bailiwick.identity.AccessCheck;
import dev.bailiwick.identity.AccessMask;
import dev.bailiwick.identity.Ace;
import dev.bailiwick.identity.ExecContext;
import dev.bailiwick.identity.GenericMapping;
import dev.bailiwick.identity.IdentityRouter;
import dev.bailiwick.identity.LiveToken;
import dev.bailiwick.identity.MaterialiseResult;
import dev.bailiwick.identity.Refused;
import dev.bailiwick.identity.SecurityDescriptor;
import dev.bailiwick.identity.ServiceDefinition;
import dev.bailiwick.identity.ServiceTokens;
import dev.bailiwick.identity.Sid;
import dev.bailiwick.identity.Token;
import dev.bailiwick.identity.TokenIds;
import dev.bailiwick.identity.TokenMinter;
import dev.bailiwick.identity.TokenPolicy;
import dev.bailiwick.identity.TokenSource;
import dev.bailiwick.identity.WellKnownSid;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicLong;

/** Measures access checks and the making of tokens on one thread, and prints one table a question. */
final class IdentityBench {
    private static final int ENTRIES = 20;
    private static final int CHECKS = 2_000_000;
    private static final int TOKENS = 100_000;

    private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final TokenIds ids = new AtomicLong(1)::getAndIncrement;
    private final LiveToken boot = TokenMinter.boot(ids);
    private final ServiceTokens tokens =
            new ServiceTokens(new IdentityRouter(List.of()), TokenPolicy.standard(), new TokenSource("Bench", 0), ids);
    private final Rounds rounds;
    /** What was decided, so that no decision can be left out. */
    private long sum;

    private IdentityBench(int rounds) {
        this.rounds = new Rounds(rounds);
    }

    /** Arguments: the number of rounds, and the questions, or none for all. */
    static void main(String[] arguments) throws IOException, InterruptedException {
        IdentityBench bench = new IdentityBench(Integer.parseInt(arguments[0]));
        List<String> questions = List.of(arguments).subList(1, arguments.length);
        for (String question : questions.isEmpty() ? List.of("check", "materialise") : questions) {
            System.out.println(
                    switch (question) {
                        case "check" -> bench.check();
                        case "materialise" -> bench.materialise();
                        default -> throw new IllegalArgumentException("there is no question \"" + question + "\"");
                    });
        }
    }

    private LiveToken token(ServiceDefinition definition) {
        return switch (tokens.materialise(definition, new ExecContext.Main(), boot)) {
            case MaterialiseResult.Materialised(LiveToken token, String _) -> token;
            case Refused refused -> throw new IllegalStateException(refused.message());
        };
    }

    /** Nineteen entries for others, of which every third denies, and then one for the service. */
    private static SecurityDescriptor descriptor(Sid last) {
        Ace[] entries = new Ace[ENTRIES];
        for (int at = 0; at < ENTRIES - 1; at++) {
            Sid other = Sid.of(5, 21, 1, 2, 3, 1000 + at);
            entries[at] = at % 3 == 0
                    ? Ace.deny(AccessMask.GENERIC_ALL, other)
                    : Ace.allow(GenericMapping.FILE.read(), other);
        }
        entries[ENTRIES - 1] = Ace.allow(AccessMask.GENERIC_ALL, last);
        return SecurityDescriptor.of(WellKnownSid.SYSTEM.sid(), entries);
    }

    private Table check() throws IOException, InterruptedException {
        Token token = token(ServiceDefinition.of("files")).token();
        SequencedMap<String, Work> subjects = new LinkedHashMap<>();
        SecurityDescriptor granting = descriptor(Sid.service("files"));
        SecurityDescriptor denying = descriptor(Sid.service("other"));
        subjects.put(
                "granted by the last of 20 entries",
                () -> sum += AccessCheck.check(token, granting, AccessMask.GENERIC_READ));
        subjects.put(
                "denied after all 20 entries", () -> sum += AccessCheck.check(token, denying, AccessMask.GENERIC_READ));
        subjects.put(
                "all that is granted", () -> sum += AccessCheck.check(token, granting, AccessMask.MAXIMUM_ALLOWED));
        return table("access check, 20 entries", "1", "0", subjects, CHECKS);
    }

    private Table materialise() throws IOException, InterruptedException {
        SequencedMap<String, Work> subjects = new LinkedHashMap<>();
        ServiceDefinition local = ServiceDefinition.of("files");
        ServiceDefinition system = ServiceDefinition.of("registry").withIdentity("SYSTEM");
        subjects.put("LocalService", () -> sum += token(local).id().value());
        subjects.put("SYSTEM", () -> sum += token(system).id().value());
        return table("token of a service", "10", "", subjects, TOKENS);
    }

    /** One piece of work. */
    private interface Work {
        void run();
    }

    private Table table(String title, String goal, String bytesGoal, SequencedMap<String, Work> subjects, int times)
            throws IOException, InterruptedException {
        SequencedMap<String, Rounds.Subject> measured = new LinkedHashMap<>();
        Map<String, Double> bytes = new LinkedHashMap<>();
        subjects.forEach((name, work) -> measured.put(name, () -> {
            long allocated = thread.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            for (int time = 0; time < times; time++) {
                work.run();
            }
            double micros = (System.nanoTime() - start) / 1_000.0 / times;
            bytes.put(name, (thread.getCurrentThreadAllocatedBytes() - allocated) / (double) times);
            return micros;
        }));
        Table table = new Table(title, "median, us", "goal", "garbage, bytes", "goal");
        rounds.medians(measured)
                .forEach((name, median) -> table.row(
                        name, Table.number(median), goal, Table.number(bytes.getOrDefault(name, -1.0)), bytesGoal));
        if (sum == 0) {
            throw new IllegalStateException("nothing was decided");
        }
        return table;
    }
}
