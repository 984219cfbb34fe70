package dev.bailiwick.launch;

/**
 * How a program ended.
 *
 * @param code what it gave back; 128 and the signal's number if one ended it
 * @param signal the signal's number; 0 if none did. A program that gives back 129 to 192 by itself looks the same
 * @param reason why it was ended, where the launchpad or its user did that; else empty
 */
public record ProgramExit(int code, int signal, String reason) {
    private static final int SIGNALLED = 128;
    private static final int SIGNALS = 64;

    static ProgramExit of(int code, String reason) {
        boolean signalled = code > SIGNALLED && code <= SIGNALLED + SIGNALS;
        return new ProgramExit(code, signalled ? code - SIGNALLED : 0, reason);
    }
}
