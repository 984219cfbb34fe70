package dev.bailiwick.cli;

import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.CredentialInfo;
import dev.bailiwick.schema.gen.Credentials;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bailiwick credential ...}: the ways to log in to one's own account. */
@Command(
        name = "credential",
        description = {
            "Look at and change the ways to log in to your own account.",
            "Nothing prints a password, a hash of one or a private key. Most changes need a fresh authentication: 'bailiwick reauth'."
        })
final class CredentialCommands {
    private final Context context;

    CredentialCommands(Context context) {
        this.context = context;
    }

    private interface Use<T> {
        T of(Credentials.Client credentials);
    }

    private <T> T with(Use<T> use) {
        try (LiveSession session = context.session();
                Credentials.Client credentials =
                        session.held("credentials", session.bundle().getCredentials())) {
            return use.of(credentials);
        }
    }

    @Command(name = "list", description = "List the credentials that are in use, and one-time codes not yet spent.")
    void list() {
        Json.Arr answer = with(credentials -> {
            try (var response = credentials.listRequest().send().join()) {
                List<Json> all = new ArrayList<>();
                for (CredentialInfo.Reader info : response.get().getCredentials()) {
                    all.add(Shapes.credentialInfo(info));
                }
                return new Json.Arr(all);
            }
        });
        context.output().answer(answer, style -> Views.OWN_CREDENTIALS.render(answer.objects(), style));
    }

    @Command(
            name = "password",
            description = {
                "Change the password, with the one in force; or set the first one of an account that logs in with keys.",
                "Without the old one, spend a one-time code: 'bailiwick credential recovery-code', then 'bailiwick enroll'."
            })
    void password(
            @Option(
                            names = "--password-stdin",
                            description =
                                    "Read from standard input, a line each: the password in force, if there is one, and the new one.")
                    boolean fromInput) {
        with(credentials -> {
            Secrets secrets = context.secrets();
            boolean first = !has("password", credentials);
            byte[] current = {};
            if (!first) {
                current = fromInput
                        ? secrets.fromInput("password in force")
                        : secrets.fromPerson("password in force", "--password-stdin");
            }
            byte[] fresh =
                    fromInput ? secrets.fromInput("new password") : secrets.newPasswordFromPerson("--password-stdin");
            if (first) {
                var request = credentials.enrollPasswordRequest();
                request.params().setPassword(fresh);
                try (var response = request.send().join()) {
                    var _ = Shapes.enrolled(response.get().getResult());
                }
            } else {
                var request = credentials.rotateRequest();
                request.params().setCurrent(current);
                request.params().setReplacement(fresh);
                try (var response = request.send().join()) {
                    Shapes.requireDone(response.get().getResult());
                }
            }
            Json.Obj answer = Json.object().with("changed", true);
            context.output().answer(answer, style -> "the new password is in force\n");
            return answer;
        });
    }

    private static boolean has(String kind, Credentials.Client credentials) {
        try (var response = credentials.listRequest().send().join()) {
            for (CredentialInfo.Reader info : response.get().getCredentials()) {
                if (Texts.enumName(info.getKind()).equals(kind)) {
                    return true;
                }
            }
            return false;
        }
    }

    @Command(
            name = "add-key",
            description = "Let one more SSH key log in. Log in with it: 'bailiwick login NAME --method ssh-key'.")
    void addKey(
            @Parameters(paramLabel = "FILE", description = "Its public key file, such as ~/.ssh/id_ed25519.pub.")
                    Path file,
            @Option(
                            names = "--label",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "What you call it. Default: the comment in the file.")
                    String label) {
        String line = PublicKeyFile.read(file);
        show(with(credentials -> {
            var request = credentials.enrollSshKeyRequest();
            request.params().setPublicKey(line);
            request.params().setLabel(label);
            try (var response = request.send().join()) {
                return Shapes.enrolled(response.get().getResult());
            }
        }));
    }

    @Command(
            name = "rotate-key",
            description = "Put another SSH key in the place of one, which stops logging in at that moment.")
    void rotateKey(
            @Parameters(paramLabel = "ID", description = "The old one's id, as 'credential list' prints it.") String id,
            @Parameters(paramLabel = "FILE", description = "The new one's public key file.") Path file,
            @Option(
                            names = "--label",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "What you call it. Default: what the old one was called.")
                    String label) {
        byte[] old = recordId(id);
        String line = PublicKeyFile.read(file);
        show(with(credentials -> {
            var request = credentials.rotateSshKeyRequest();
            request.params().setRecordId(old);
            request.params().setPublicKey(line);
            request.params().setLabel(label);
            try (var response = request.send().join()) {
                return Shapes.enrolled(response.get().getResult());
            }
        }));
    }

    private void show(Json.Obj enrolled) {
        context.output().answer(enrolled, Views.fields(enrolled));
    }

    @Command(
            name = "disable",
            description = {
                "Take a credential or an unspent code out of use, for good.",
                "The last one that logs in to the account is refused. Sessions that it started go on: 'bailiwick logout' ends them."
            })
    void disable(@Parameters(paramLabel = "ID", description = "Its id, as 'credential list' prints it.") String id) {
        byte[] recordId = recordId(id);
        with(credentials -> {
            var request = credentials.disableRequest();
            request.params().setRecordId(recordId);
            try (var response = request.send().join()) {
                Shapes.requireDone(response.get().getResult());
            }
            Json.Obj answer = Json.object().with("recordId", id).with("disabled", true);
            context.output().answer(answer, style -> "disabled " + id + "\n");
            return answer;
        });
    }

    @Command(
            name = "recovery-code",
            description = {
                "Print a one-time code that sets a new password or key without the old one: 'bailiwick enroll NAME'.",
                "It is shown once, works once and not for long, and takes the place of any code before it."
            })
    void recoveryCode() {
        Json.Obj answer = with(credentials -> {
            try (var response = credentials.issueRecoveryCodeRequest().send().join()) {
                return Shapes.recoveryCode(response.get().getResult());
            }
        });
        context.output()
                .answer(
                        answer,
                        style -> "recovery code: " + style.accent(answer.text("code")) + "\nuse it before "
                                + Printable.time(answer.number("expiresAtMs")) + ": bailiwick enroll NAME\n");
    }

    private static byte[] recordId(String id) {
        try {
            return RecordId.parse(id).toBytes();
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(
                    "\"" + id + "\" is not the id of a credential", "'bailiwick credential list' prints the ids");
        }
    }
}
