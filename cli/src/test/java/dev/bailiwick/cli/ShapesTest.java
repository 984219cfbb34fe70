package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.AccountResult;
import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.BundlePlan;
import dev.bailiwick.schema.gen.CredentialInfo;
import dev.bailiwick.schema.gen.ExternalIdentityBinding;
import dev.bailiwick.schema.gen.HistoryEntry;
import dev.bailiwick.schema.gen.HistoryResult;
import dev.bailiwick.schema.gen.ListResult;
import dev.bailiwick.schema.gen.MutationResult;
import dev.bailiwick.schema.gen.PlanResult;
import dev.bailiwick.schema.gen.PolicyProfile;
import dev.bailiwick.schema.gen.ResourceProfile;
import dev.bailiwick.schema.gen.RoleDefinition;
import dev.bailiwick.schema.gen.ScrubState;
import dev.bailiwick.schema.gen.SessionInfo;
import dev.bailiwick.schema.gen.SessionLine;
import dev.bailiwick.schema.gen.Status;
import dev.bailiwick.schema.gen.StoreHead;
import dev.bailiwick.schema.gen.VerifyReport;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.capnproto.MessageBuilder;
import org.capnproto.StructBuilder;
import org.capnproto.StructFactory;
import org.capnproto.StructReader;
import org.junit.jupiter.api.Test;

class ShapesTest {
    /** A message with a root of that type, filled in. */
    private static <B extends StructBuilder, R extends StructReader> R message(
            StructFactory<B, R> type, java.util.function.Consumer<B> fill) {
        B root = new MessageBuilder().initRoot(type);
        fill.accept(root);
        return type.asReader(root);
    }

    /** The names of a struct's fields in the schema, from its generated accessors. */
    private static List<String> fieldsOf(Class<?> reader) {
        List<String> names = new ArrayList<>();
        for (Method method : reader.getDeclaredMethods()) {
            // An underscore is in no name of the schema: the raw number of an enum field, beside its value.
            boolean isAccessor = method.getParameterCount() == 0
                    && method.getName().startsWith("get")
                    && !method.getName().contains("_");
            if (isAccessor) {
                String name = method.getName().substring("get".length());
                names.add(name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1));
            }
        }
        return names;
    }

    private static <B extends StructBuilder, R extends StructReader> void assertComplete(
            StructFactory<B, R> type, Function<R, Json.Obj> shape) {
        R empty = message(type, root -> {});
        assertThat(shape.apply(empty).fields().keySet())
                .as(empty.getClass().getDeclaringClass().getSimpleName())
                .containsExactlyInAnyOrderElementsOf(fieldsOf(empty.getClass()));
    }

    @Test
    void everyFieldOfEveryStructIsShown() {
        assertComplete(AccountRecord.factory, Shapes::account);
        assertComplete(ResourceProfile.factory, Shapes::resourceProfile);
        assertComplete(PolicyProfile.factory, Shapes::policyProfile);
        assertComplete(RoleDefinition.factory, Shapes::role);
        assertComplete(SessionInfo.factory, Shapes::sessionInfo);
        assertComplete(CredentialInfo.factory, Shapes::credentialInfo);
        assertComplete(SessionLine.factory, Shapes::sessionLine);
        assertComplete(StoreHead.factory, Shapes::head);
        assertComplete(VerifyReport.factory, Shapes::verification);
        assertComplete(ScrubState.factory, Shapes::scrub);
        assertComplete(Status.factory, Shapes::status);
        assertComplete(ExternalIdentityBinding.factory, Shapes::binding);
    }

    @Test
    void everyFieldOfNestedStructsIsShown() {
        Json.Obj account = Shapes.account(message(AccountRecord.factory, root -> {
            root.initAttributes(1);
            root.initResourceProfile();
            root.initHomeRoot();
            root.initService();
        }));
        assertFields(account.list("attributes").objects().getFirst(), "name", "value");
        assertFields(account.object("resourceProfile"), "profileId", "versionId", "epoch");
        assertFields(
                account.object("homeRoot"),
                "storageServiceId",
                "rootObjectId",
                "rootKind",
                "schemaVersion",
                "rootVersion");
        assertFields(
                account.object("service"),
                "serviceName",
                "binaryPath",
                "binarySha256",
                "supervisor",
                "identity",
                "hasRequiredPrivileges",
                "requiredPrivileges",
                "hookIdentity",
                "startPre",
                "startPost",
                "healthCheck",
                "reload",
                "descriptor",
                "reads");

        Json.Obj plan = Shapes.plan(message(PlanResult.factory, root -> {
            BundlePlan.Builder inner = root.initPlan();
            inner.initDenial();
            inner.initReceipts(1).get(0).initSources(1);
        }));
        assertFields(plan, fieldsOf(BundlePlan.Reader.class).toArray(String[]::new));
        Json.Obj receipt = plan.list("receipts").objects().getFirst();
        assertFields(
                receipt, fieldsOf(dev.bailiwick.schema.gen.Receipt.Reader.class).toArray(String[]::new));
        assertFields(
                receipt.list("sources").objects().getFirst(),
                fieldsOf(dev.bailiwick.schema.gen.SourceRecord.Reader.class).toArray(String[]::new));
        assertFields(plan.object("denial"), "code", "message", "hint");

        Json.Obj entry = Shapes.history(message(HistoryResult.factory, root -> {
                    HistoryEntry.Builder inner = root.initEntries(1).get(0);
                    inner.initAccount();
                    inner.initActor();
                }))
                .objects()
                .getFirst();
        assertFields(entry, fieldsOf(HistoryEntry.Reader.class).toArray(String[]::new));
        assertFields(entry.object("actor"), "principalId", "sessionId", "kind", "uid");

        List<Json> entries = new ArrayList<>();
        Shapes.entries(message(ListResult.factory, root -> root.initPage().initEntries(1)), entries);
        assertFields(
                (Json.Obj) entries.getFirst(),
                fieldsOf(dev.bailiwick.schema.gen.EntryInfo.Reader.class).toArray(String[]::new));

        Json.Obj report = Shapes.verification(message(VerifyReport.factory, root -> root.initFindings(1)));
        assertFields(report.list("findings").objects().getFirst(), "code", "what", "message");
    }

    private static void assertFields(Json.Obj shape, String... names) {
        assertThat(shape.fields().keySet()).containsExactlyInAnyOrder(names);
    }

    @Test
    void idsHashesEnumsAndAbsentStructsHaveTheirOwnForms() {
        byte[] id = new byte[16];
        Arrays.fill(id, (byte) 0x11);
        Json.Obj account = Shapes.account(message(AccountRecord.factory, root -> {
            root.setRecordId(id);
            root.setPrincipalId(id);
            root.setStatus(AccountStatus.RECOVERY_ONLY);
            root.setContentHash(new byte[] {(byte) 0xab, 0x0c});
            root.setSchemaVersion(-1);
        }));

        assertThat(account.text("recordId")).isEqualTo("rec-" + "11".repeat(16));
        assertThat(account.text("principalId")).endsWith("-" + "11".repeat(16)).isNotEqualTo(account.text("recordId"));
        assertThat(account.text("status")).isEqualTo("recoveryOnly");
        assertThat(account.text("contentHash")).isEqualTo("ab0c");
        assertThat(account.text("previousHash")).isEmpty();
        assertThat(account.get("schemaVersion")).hasToString("4294967295");
        assertThat(account.get("service")).isEqualTo(new Json.Null());
    }

    @Test
    void aDenialIsAFailureInItsOwnWords() {
        AccountResult.Reader denied = message(AccountResult.factory, root -> {
            root.initDenied().setCode("not-found");
            root.getDenied().setMessage("no account is named \"bob\"");
            root.getDenied().setHint("'account list' names them");
        });

        assertThat(failureOf(() -> Shapes.account(denied))).satisfies(failure -> {
            assertThat(failure.status()).isEqualTo(ExitStatus.NOT_FOUND);
            assertThat(failure.code()).isEqualTo("not-found");
            assertThat(failure.message()).isEqualTo("no account is named \"bob\"");
            assertThat(failure.hint()).isEqualTo("'account list' names them");
        });
        assertThat(Shapes.found(() -> Shapes.account(denied))).isEmpty();
    }

    @Test
    void aConflictSaysWhatIsCurrent() {
        MutationResult.Reader conflict = message(MutationResult.factory, root -> {
            root.initConflict().setCurrentVersion(7);
            root.getConflict().setCurrentHash(new byte[] {1, 2});
        });

        CommandFailure failure = failureOf(() -> Shapes.mutation(conflict));

        assertThat(failure.status()).isEqualTo(ExitStatus.CONFLICT);
        assertThat(failure.toJson().printLine())
                .startsWith("{\"code\":\"conflict\",")
                .endsWith("\"currentVersion\":7,\"currentHash\":\"0102\"}\n");
    }

    private static CommandFailure failureOf(Runnable action) {
        return Stream.of(action)
                .map(run -> {
                    try {
                        run.run();
                        throw new AssertionError("it did not fail");
                    } catch (CommandFailure failure) {
                        return failure;
                    }
                })
                .findFirst()
                .orElseThrow();
    }
}
