package dev.bailiwick.qemu;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test method that asks for one a {@link Lab}; the guest image is assembled once for all of them. */
final class LabExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(LabExtension.class);
    private static final Path MODULE = Path.of("").toAbsolutePath();
    /** The built project. */
    static final Path PROJECT = MODULE.resolve("..").normalize();

    private static final Path TARGET = MODULE.resolve("target");

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Lab.class;
    }

    @Override
    public Lab resolveParameter(ParameterContext parameter, ExtensionContext context) {
        GuestImage image = context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(GuestImage.class, _ -> assemble(), GuestImage.class);
        String test = context.getRequiredTestClass().getSimpleName() + "-"
                + context.getRequiredTestMethod().getName();
        try {
            return new Lab(image, Folders.fresh(TARGET.resolve("labs").resolve(test)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GuestImage assemble() {
        try {
            return GuestImage.assemble(
                    TARGET.resolve("guest"), CloudKernel.from(MODULE.resolve(".cache")), PROJECT, probeJar());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot assemble the guest", e);
        }
    }

    /** This module's own jar is packaged only after its tests. */
    private static Path probeJar() throws IOException {
        Path jar = TARGET.resolve("storage-probe.jar");
        FileTime newest = FileTime.fromMillis(0);
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream out = new ZipOutputStream(file);
                Stream<Path> walk = Files.walk(TARGET.resolve("classes"))) {
            for (Path classFile : walk.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(new ZipEntry(
                        TARGET.resolve("classes").relativize(classFile).toString()));
                Files.copy(classFile, out);
                FileTime modified = Files.getLastModifiedTime(classFile);
                newest = modified.compareTo(newest) > 0 ? modified : newest;
            }
        }
        Files.setLastModifiedTime(jar, newest);
        return jar;
    }
}
