package dev.bailiwick.torture;

/**
 * A call as its client saw it.
 *
 * @param account the number of the register
 */
record Recording(int account, Operation operation) {
    /** A line for the pipe between processes. */
    String line() {
        String call = switch (operation.call()) {
            case Operation.Read(Register seen) -> "read " + seen.version() + " " + seen.value();
            case Operation.Swapped(long expected, String value) -> "swapped " + expected + " " + value;
            case Operation.Refused(long expected, long current) -> "refused " + expected + " " + current;
            case Operation.Unanswered(long expected, String value) -> "unanswered " + expected + " " + value;
        };
        return account + " " + operation.client() + " " + operation.invoked() + " " + operation.returned() + " " + call;
    }

    /** The call of a line. */
    static Recording parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != 7) {
            throw new IllegalArgumentException("no call is told by '" + line + "'");
        }
        long number = Long.parseLong(words[5]);
        Operation.Call call = switch (words[4]) {
            case "read" -> new Operation.Read(new Register(number, words[6]));
            case "swapped" -> new Operation.Swapped(number, words[6]);
            case "refused" -> new Operation.Refused(number, Long.parseLong(words[6]));
            case "unanswered" -> new Operation.Unanswered(number, words[6]);
            default -> throw new IllegalArgumentException("no call is told by '" + line + "'");
        };
        return new Recording(
                Integer.parseInt(words[0]),
                new Operation(words[1], Long.parseLong(words[2]), Long.parseLong(words[3]), call));
    }
}
