package dev.bailiwick.broker;

/** Bytes or text are not what they must be in SSH's formats; the message says what is wrong with them, for people. */
final class SshFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    SshFormatException(String message) {
        super(message, null, false, false);
    }

    String message() {
        return String.valueOf(getMessage());
    }
}
