package dev.bailiwick.torture;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStoreReader;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.torture.Subject.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is looked for in a store whose process or power ended suddenly. */
final class Aftermath {
    private Aftermath() {}

    /** What is wrong with an opened store, a sentence each. */
    static List<String> of(Subject.Session session, int pairs, List<Acknowledged> acknowledged) {
        List<String> wrong = new ArrayList<>();
        session.store().inspector().verify().findings().forEach(finding -> wrong.add(finding.toString()));
        AccountStoreReader reader = session.store().accounts();
        for (Acknowledged each : acknowledged) {
            for (Side side : Side.values()) {
                Optional<String> found = reader.atSequence(Subject.account(each.pair(), side), each.sequence())
                        .map(record -> record.content().displayName());
                if (!found.equals(Optional.of(each.word()))) {
                    wrong.add("acknowledged was " + each + ", found on the " + side + " " + found);
                }
            }
        }
        for (int pair = 0; pair < pairs; pair++) {
            Stored<Account> left = session.newest(pair, Side.LEFT);
            Stored<Account> right = session.newest(pair, Side.RIGHT);
            if (left.version() != right.version()
                    || !left.content().displayName().equals(right.content().displayName())) {
                wrong.add("half a transaction: " + left + " and " + right);
            }
        }
        return wrong;
    }
}
