package dev.bailiwick.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.channels.FileChannel;
import org.junit.jupiter.api.Test;

/** The arrows between modules point only downwards, and each outside library is used only where it belongs. */
final class ModuleArrowsTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.bailiwick");

    @Test
    void everyModuleIsOnTheClassPath() {
        for (String module : new String[] {
            "capnp.rpc",
            "schema",
            "engine",
            "identity",
            "profiles",
            "accountstore",
            "storage",
            "launch",
            "broker",
            "daemon",
            "cli"
        }) {
            assertThat(CLASSES.containPackage("dev.bailiwick." + module))
                    .as("classes of dev.bailiwick.%s", module)
                    .isTrue();
        }
    }

    @Test
    void arrowsPointOnlyDownwards() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.bailiwick..")
                .layer("rpc")
                .definedBy("dev.bailiwick.capnp.rpc..")
                .layer("schema")
                .definedBy("dev.bailiwick.schema..")
                .layer("engine")
                .definedBy("dev.bailiwick.engine..")
                .layer("identity")
                .definedBy("dev.bailiwick.identity..")
                .layer("profiles")
                .definedBy("dev.bailiwick.profiles..")
                .layer("accountstore")
                .definedBy("dev.bailiwick.accountstore..")
                .layer("storage")
                .definedBy("dev.bailiwick.storage..")
                .layer("launch")
                .definedBy("dev.bailiwick.launch..")
                .layer("broker")
                .definedBy("dev.bailiwick.broker..")
                .layer("daemon")
                .definedBy("dev.bailiwick.daemon..")
                .layer("cli")
                .definedBy("dev.bailiwick.cli..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("daemon")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("broker")
                .mayOnlyBeAccessedByLayers("daemon", "cli")
                .whereLayer("storage")
                .mayOnlyBeAccessedByLayers("broker", "daemon", "cli")
                .whereLayer("launch")
                .mayOnlyBeAccessedByLayers("broker", "daemon", "cli")
                .whereLayer("identity")
                .mayOnlyBeAccessedByLayers("profiles", "broker", "daemon", "cli")
                .whereLayer("identity")
                .mayNotAccessAnyLayer()
                .whereLayer("accountstore")
                .mayOnlyBeAccessedByLayers("broker", "daemon", "cli")
                .whereLayer("profiles")
                .mayOnlyBeAccessedByLayers("accountstore", "broker", "daemon", "cli")
                .whereLayer("engine")
                .mayOnlyBeAccessedByLayers("accountstore", "storage", "broker", "daemon", "cli")
                .whereLayer("schema")
                .mayNotAccessAnyLayer()
                .ignoreDependency(resideIn("dev.bailiwick.schema.."), resideIn("dev.bailiwick.capnp.rpc.."))
                .check(CLASSES);
    }

    @Test
    void theCapnpModulesKnowNothingOfAccounts() {
        noClasses()
                .that()
                .resideInAPackage("dev.bailiwick.capnp..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.bailiwick.schema..",
                        "dev.bailiwick.engine..",
                        "dev.bailiwick.profiles..",
                        "dev.bailiwick.accountstore..",
                        "dev.bailiwick.storage..",
                        "dev.bailiwick.launch..",
                        "dev.bailiwick.identity..",
                        "dev.bailiwick.broker..",
                        "dev.bailiwick.daemon..",
                        "dev.bailiwick.cli..")
                .check(CLASSES);
    }

    @Test
    void onlyTheEngineTouchesRocksDb() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.bailiwick.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.rocksdb..")
                .check(CLASSES);
    }

    @Test
    void theStoresAndProfilesExportNoRpcTypes() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.bailiwick.accountstore..",
                        "dev.bailiwick.storage..",
                        "dev.bailiwick.profiles..",
                        "dev.bailiwick.launch..",
                        "dev.bailiwick.identity..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.bailiwick.capnp.rpc..")
                .check(CLASSES);
    }

    @Test
    void theBrokerSeesNoSockets() {
        noClasses()
                .that()
                .resideInAPackage("dev.bailiwick.broker..")
                .should()
                // The file of the key that wraps keyrings is written and synced by a channel, which is no socket.
                .dependOnClassesThat(resideIn("java.nio.channels..")
                        .and(DescribedPredicate.not(JavaClass.Predicates.type(FileChannel.class))))
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> resideIn(String packages) {
        return JavaClass.Predicates.resideInAPackage(packages);
    }
}
