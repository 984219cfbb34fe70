package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that a manifest defines whole: from the file into a new store, out of it again, and through a recovery. */
class SeededServiceTest {
    private static final String DIGEST = "7608a52dd8eb08c195b6e4973e0ecbd4bfbe902c7b29e7e19567975c9079a436";

    private static final String PROBE = """

            [[account]]
            name = "probe"
            kind = "service"
            roles = ["service-account"]
            resource-profile = "service"
            policy-profile = "service"
            [account.service]
            name = "probe"
            supervisor = "bailiwickd"
            binary = "/srv/probe"
            sha256 = "DIGEST"
            identity = 'CORP\\probe'
            hook-identity = "NetworkService"
            required-privileges = ["SeImpersonatePrivilege", "SeChangeNotifyPrivilege"]
            start-pre = [{ path = "/srv/pre", sha256 = "DIGEST" }]
            health-check = { path = "/srv/health", sha256 = "DIGEST" }
            descriptor = "D:(A;;GR;;;BU)"
            reads = ["/usr/share"]
            [[account.service.start-post]]
            path = "/srv/post"
            sha256 = "DIGEST"
            [account.service.reload]
            path = "/srv/reload"
            sha256 = "DIGEST"
            """.replace("DIGEST", DIGEST);

    @TempDir
    Path directory;

    private Path manifest;
    private Path store;

    @BeforeEach
    void aManifest() throws IOException {
        manifest = directory.resolve("manifest.toml");
        store = directory.resolve("store");
        write(PROBE);
    }

    private void write(String more) throws IOException {
        Files.writeString(manifest, Files.readString(Site.MANIFEST) + more);
    }

    private TestHost.Ended init(String... more) {
        List<String> words =
                new ArrayList<>(List.of("init", "--store", store.toString(), "--manifest", manifest.toString()));
        words.addAll(Arrays.asList(more));
        return TestHost.host().bailiwick(words.toArray(String[]::new));
    }

    private TestHost.Ended admin(String... arguments) {
        List<String> words = new ArrayList<>(Arrays.asList(arguments));
        words.addAll(List.of("--store", store.toString()));
        return TestHost.host().accountAdmin(words.toArray(String[]::new));
    }

    private Json.Obj shown() {
        return ((Json.Obj) admin("service", "show", "probe", "-o", "json").ok().json())
                .object("account")
                .object("service");
    }

    @Test
    void isShownWithEveryField() {
        init().ok();

        assertThat(shown()).isEqualTo(Json.parse("""
                        {
                          "serviceName": "probe",
                          "binaryPath": "/srv/probe",
                          "binarySha256": "DIGEST",
                          "supervisor": "bailiwickd",
                          "identity": "CORP\\\\probe",
                          "hasRequiredPrivileges": true,
                          "requiredPrivileges": ["SeChangeNotifyPrivilege", "SeImpersonatePrivilege"],
                          "hookIdentity": "NetworkService",
                          "startPre": [{"path": "/srv/pre", "sha256": "DIGEST"}],
                          "startPost": [{"path": "/srv/post", "sha256": "DIGEST"}],
                          "healthCheck": {"path": "/srv/health", "sha256": "DIGEST"},
                          "reload": {"path": "/srv/reload", "sha256": "DIGEST"},
                          "descriptor": "D:(A;;GR;;;BU)",
                          "reads": ["/usr/share"]
                        }
                        """.replace("DIGEST", DIGEST)));
    }

    @Test
    void isTheSameAfterARecoveryFromNothingButTheManifestThatTheStoreKept() throws IOException {
        init().ok();
        Json.Obj before = shown();
        Path kept = directory.resolve("kept.toml");
        Files.writeString(kept, admin("store", "manifest").ok().out());
        assertThat(kept).hasSameTextualContentAs(manifest);
        Files.move(store, directory.resolve("lost"));
        Files.createDirectory(store);

        admin("store", "recover", "--manifest", kept.toString(), "--manifest-alone")
                .ok();
        admin("store", "verify").ok();

        assertThat(shown()).isEqualTo(before);
    }

    @Test
    void isRefusedWhereItMeansNothingBeforeAnythingIsWritten() throws IOException {
        write(PROBE.replace("\"SeImpersonatePrivilege\"", "\"SeFlyPrivilege\"")
                .replace("\"D:(A;;GR;;;BU)\"", "\"D:(A;;GR;;BU)\""));

        TestHost.Ended refused = init();

        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err())
                .contains(
                        "error[unknown-privilege]: ",
                        "there is no privilege \"SeFlyPrivilege\" (and 1 more)",
                        "is no SDDL at character 8: ");
        assertThat(store).doesNotExist();
    }
}
