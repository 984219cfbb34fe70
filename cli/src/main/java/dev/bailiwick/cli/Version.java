package dev.bailiwick.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What {@code --version} prints: the program's name and the version of the build. */
final class Version implements IVersionProvider {
    @Spec
    @org.jspecify.annotations.Nullable
    CommandSpec spec;

    @Override
    public String[] getVersion() {
        String program = spec == null ? "bailiwick" : spec.root().name();
        return new String[] {program + " " + number()};
    }

    /** The version of the build. */
    static String number() {
        try (InputStream file = Version.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(file);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
