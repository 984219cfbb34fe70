package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Every test of this module, whatever it is about, fails if a connection it opened ended with anything left in its four tables,
 * or with a count that is not what was counted. Each connection looks by itself and logs what it finds; this reads that log. It
 * is registered for all tests by {@code META-INF/services}.
 */
public final class AccountsInOrder implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    /** Held here because the platform holds its loggers weakly. */
    private final Logger logger = Logger.getLogger(VatConnection.class.getName());

    private final Watcher watcher = new Watcher();

    private static final class Watcher extends Handler {
        private final List<String> faults = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord report) {
            faults.add(report.getMessage() + " " + List.of(report.getParameters()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (context.getTestClass()
                .filter(type -> type.getEnclosingClass() == null)
                .isPresent()) {
            logger.removeHandler(watcher);
            logger.addHandler(watcher);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        inOrder();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        inOrder();
    }

    private void inOrder() {
        List<String> found = List.copyOf(watcher.faults);
        watcher.faults.clear();
        assertThat(found).as("what connections found out about themselves").isEmpty();
    }
}
