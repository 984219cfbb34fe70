package dev.bailiwick.storage;

/** How long a root or a log lives. */
public enum Durability {
    /** Until it is deleted. */
    DURABLE(1),
    /** Until its session ends; whatever a crash leaves of it goes at the next start. */
    SESSION(2);

    private final int code;

    Durability(int code) {
        this.code = code;
    }

    /** The stored byte; part of the format. */
    int code() {
        return code;
    }

    static Durability ofCode(int code) {
        return switch (code) {
            case 1 -> DURABLE;
            case 2 -> SESSION;
            default -> throw new BadRowException("unknown durability " + code);
        };
    }
}
