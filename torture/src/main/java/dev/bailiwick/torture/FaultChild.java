package dev.bailiwick.torture;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStoreReader;
import dev.bailiwick.accountstore.HistoryEntry;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.torture.Subject.Side;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * What runs in a virtual machine whose disk fails to write or to flush. It commits until that happens, looks whether readers go on and
 * nothing more is acknowledged, and opens the store again in the same machine. Each line begins with the store's word; then {@code +}
 * tells an acknowledged commit, {@code =} what was seen, {@code !} what must not be.
 */
final class FaultChild {
    private static final int MOST_COMMITS = 400;
    private static final int COMMITS_AFTERWARDS = 10;

    private final Subject subject;
    private final String word;

    /** What both accounts hold as far as was acknowledged; empty before the first opening. */
    private String last = "";

    /** What they may hold although it was not acknowledged. */
    private String refused = "";

    private FaultChild(Subject subject, String word) {
        this.subject = subject;
        this.word = word;
    }

    /** Arguments: a store, its anchor, and a word for its commits; and so on for more stores, which follow one after the other. */
    static void main(String[] arguments) {
        for (int i = 0; i < arguments.length; i += 3) {
            Subject subject = Subject.at(Path.of(arguments[i])).anchoredAt(Path.of(arguments[i + 1]));
            FaultChild child = new FaultChild(subject, arguments[i + 2]);
            child.untilItFails();
            child.again();
        }
    }

    private void untilItFails() {
        used("opening", session -> {
            for (int i = 0; i < MOST_COMMITS; i++) {
                if (!committed(session, word + "-" + i)) {
                    return;
                }
            }
            say('!', "the disk never failed");
        });
    }

    /** If the disk works again the store may; but the system may remember pages that the disk never got. */
    private void again() {
        used("opening again", session -> {
            if (!wordOf(session, Side.LEFT).equals(wordOf(session, Side.RIGHT))) {
                say('!', "half a transaction");
            }
            session.store().inspector().verify().findings().forEach(finding -> say('!', finding.toString()));
            for (int i = 0; i < COMMITS_AFTERWARDS; i++) {
                if (!committed(session, word + "-again-" + i)) {
                    if (i == 0) {
                        // Opening writes all that a commit does.
                        say('!', "it opens on a disk that takes nothing");
                    }
                    return;
                }
            }
            say('=', "it was opened again and written to");
        });
    }

    private void used(String opening, Consumer<Subject.Session> use) {
        Subject.Session session;
        try {
            session = subject.open(new SplittableRandom());
        } catch (RuntimeException e) {
            refused(opening, e);
            return;
        }
        String found = wordOf(session, Side.LEFT);
        if (found.equals(refused)) {
            // From here on somebody has seen it, so it has to stay.
            List<HistoryEntry<Account>> history = session.store().accounts().history(Subject.account(0, Side.LEFT));
            tell(new Acknowledged(history.getLast().entry().sequence(), 0, found));
        }
        if (!found.equals(last) && !found.equals(refused) && !last.isEmpty()) {
            say('!', "found is '" + found + "' after '" + last + "' and perhaps '" + refused + "'");
        }
        last = found;
        use.accept(session);
        try {
            session.close();
        } catch (RuntimeException e) {
            refused("closing", e);
        }
    }

    private boolean committed(Subject.Session session, String next) {
        try {
            tell(new Acknowledged(session.write(0, next).sequence(), 0, next));
            last = next;
            return true;
        } catch (EngineException e) {
            String message = String.valueOf(e.getMessage());
            if (e.code() != EngineException.Code.FAILED) {
                say('!', "the commit was refused as " + e.code());
            }
            if (!message.contains("Input/output error") && !message.contains("Read-only file system")) {
                say('!', "the refusal does not say why: " + message);
            }
            say('=', "a refused commit reads: " + message);
            refused = next;
            afterFailure(session);
            return false;
        }
    }

    /** Nothing more is acknowledged, and readers go on with what was. */
    private void afterFailure(Subject.Session session) {
        if (session.engine().state() != Engine.State.FAILED) {
            say('!', "the engine is " + session.engine().state());
        }
        try {
            session.write(0, "never");
            say('!', "a commit was acknowledged after one had failed");
        } catch (EngineException e) {
            if (e.code() != EngineException.Code.FAILED) {
                say('!', "a later commit was refused as " + e.code());
            }
        }
        for (Side side : Side.values()) {
            if (!wordOf(session, side).equals(last)) {
                say('!', "readers see '" + wordOf(session, side) + "' after '" + last + "'");
            }
        }
    }

    private static String wordOf(Subject.Session session, Side side) {
        AccountStoreReader reader = session.store().accounts();
        return reader.byId(Subject.account(0, side))
                .orElseThrow(() -> new IllegalStateException("the account is gone"))
                .content()
                .displayName();
    }

    private void refused(String what, RuntimeException e) {
        Optional<String> code = Judge.refusal(e);
        say(
                code.isPresent() ? '=' : '!',
                what + " is refused: " + code.orElseGet(() -> e.getClass().getName()) + ": " + e.getMessage());
    }

    private void tell(Acknowledged acknowledged) {
        System.out.print(word + " + " + acknowledged.line());
    }

    private void say(char sort, String sentence) {
        System.out.println(word + " " + sort + " " + sentence.replace('\n', ' '));
    }
}
