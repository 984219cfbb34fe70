package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.capnp.rpc.InterfaceSchema;
import dev.bailiwick.capnp.rpc.MethodSchema;
import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.Annotations;
import dev.bailiwick.schema.gen.ApprovalClient;
import dev.bailiwick.schema.gen.ApprovalReviewer;
import dev.bailiwick.schema.gen.AuditReader;
import dev.bailiwick.schema.gen.AuthorityBroker;
import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.schema.gen.BlobWriter;
import dev.bailiwick.schema.gen.CredentialRecord;
import dev.bailiwick.schema.gen.Credentials;
import dev.bailiwick.schema.gen.IncomingConnection;
import dev.bailiwick.schema.gen.KeyBackup;
import dev.bailiwick.schema.gen.Keyring;
import dev.bailiwick.schema.gen.LogReader;
import dev.bailiwick.schema.gen.LogSink;
import dev.bailiwick.schema.gen.MethodClass;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.PolicyManager;
import dev.bailiwick.schema.gen.PolicyProfileManager;
import dev.bailiwick.schema.gen.ProgramCaps;
import dev.bailiwick.schema.gen.ResourceProfileManager;
import dev.bailiwick.schema.gen.ResourceProfileReader;
import dev.bailiwick.schema.gen.RoleDirectory;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.SessionDirectory;
import dev.bailiwick.schema.gen.SessionManager;
import dev.bailiwick.schema.gen.Sharing;
import dev.bailiwick.schema.gen.StoreInspector;
import dev.bailiwick.schema.gen.StoreMaintainer;
import dev.bailiwick.schema.gen.UserSession;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.capnproto.Data;
import org.junit.jupiter.api.Test;

/**
 * Walks the generated types from the interfaces somebody holds: every method, every field of its results, every interface
 * found there. What is not found cannot be had by any sequence of calls.
 */
class ReachTest {
    private static final List<Class<?>> ACCOUNT_ADMIN = List.of(
            AccountStoreReader.Client.class,
            AccountStoreManager.Client.class,
            ResourceProfileReader.Client.class,
            RoleDirectory.Client.class,
            AuthorityBroker.Client.class,
            SessionDirectory.Client.class);

    private static final List<Class<?>> REACHED_FROM_THERE =
            List.of(ResourceProfileManager.Client.class, PolicyProfileManager.Client.class);

    @Test
    void anAccountAdministratorReachesNoHomeNoVerifierAndNoKey() {
        Reach reach = Reach.from(ACCOUNT_ADMIN);

        assertThat(reach.types)
                .doesNotContain(
                        Namespace.Client.class,
                        Blob.Client.class,
                        BlobWriter.Client.class,
                        Credentials.Client.class,
                        LogReader.Client.class,
                        LogSink.Client.class,
                        UserSession.Client.class,
                        Keyring.Client.class,
                        KeyBackup.Client.class,
                        Sharing.Client.class,
                        CredentialRecord.Reader.class);
        assertThat(reach.fields).doesNotContain("getVerifier", "getSalt", "getPassword", "getReference");
        assertThat(reach.interfaces())
                .containsExactlyInAnyOrderElementsOf(Stream.concat(ACCOUNT_ADMIN.stream(), REACHED_FROM_THERE.stream())
                        .toList());
    }

    @Test
    void aStorageAdministratorReachesHashesAndNoContent() {
        Reach reach = Reach.from(List.of(StoreInspector.Client.class));

        assertThat(reach.interfaces()).containsExactly(StoreInspector.Client.class);
        assertThat(reach.fields).doesNotContain("getVerifier", "getSalt");
        assertThat(reach.data).doesNotContain("getData", "getBytes");
    }

    @Test
    void nobodyReachesAVerifierThroughTheirOwnCredentials() {
        Reach reach = Reach.from(List.of(Credentials.Client.class));

        assertThat(reach.fields).doesNotContain("getVerifier", "getSalt");
        assertThat(reach.types).doesNotContain(CredentialRecord.Reader.class);
    }

    @Test
    void aKeyringAnswersNoKeyAndLeadsToNoBackup() {
        Reach reach = Reach.from(List.of(Keyring.Client.class));

        assertThat(reach.interfaces()).containsExactly(Keyring.Client.class);
        assertThat(reach.data).containsExactlyInAnyOrder("getBytes", "getPublicKey");
    }

    @Test
    void aGuestReachesEphemeralStorageAndItsOwnLogOnly() {
        // What UserSession.bundle gives is the bundle itself: what is in a guest's, GoldenPlanTest says.
        Reach reach = Reach.from(List.of(Namespace.Client.class, LogReader.Client.class));

        assertThat(reach.interfaces())
                .containsExactlyInAnyOrder(
                        Namespace.Client.class,
                        Blob.Client.class,
                        BlobWriter.Client.class,
                        Sharing.Client.class, // which a guest's home answers with a denial
                        LogReader.Client.class);
    }

    /** Seed 002, "policy-admin": it cannot directly mint capabilities of end resources. */
    @Test
    void aPolicyAdministratorReachesNoEndResource() {
        Reach reach = Reach.from(List.of(PolicyManager.Client.class, ResourceProfileManager.Client.class));

        assertThat(reach.interfaces())
                .containsExactlyInAnyOrder(
                        PolicyManager.Client.class,
                        ResourceProfileManager.Client.class,
                        PolicyProfileManager.Client.class);
        assertThat(reach.fields).doesNotContain("getVerifier", "getSalt");
    }

    @Test
    void whoeverDecidesOrAuditsReachesRecordsAndNoCapability() {
        assertThat(Reach.from(List.of(ApprovalReviewer.Client.class)).interfaces())
                .containsExactly(ApprovalReviewer.Client.class);
        Reach auditor = Reach.from(List.of(AuditReader.Client.class));
        assertThat(auditor.interfaces()).containsExactly(AuditReader.Client.class);
        assertThat(auditor.fields).doesNotContain("getVerifier", "getSalt", "getPassword", "getReference");
    }

    @Test
    void everyMethodSaysWhatClassItIs() {
        List<MethodSchema> methods = Stream.of(
                        Namespace.SCHEMA,
                        Blob.SCHEMA,
                        BlobWriter.SCHEMA,
                        Credentials.SCHEMA,
                        UserSession.SCHEMA,
                        LogReader.SCHEMA,
                        LogSink.SCHEMA,
                        AccountStoreReader.SCHEMA,
                        AccountStoreManager.SCHEMA,
                        ResourceProfileManager.SCHEMA,
                        PolicyProfileManager.SCHEMA,
                        ResourceProfileReader.SCHEMA,
                        RoleDirectory.SCHEMA,
                        AuthorityBroker.SCHEMA,
                        StoreInspector.SCHEMA,
                        SessionDirectory.SCHEMA,
                        ApprovalClient.SCHEMA,
                        ApprovalReviewer.SCHEMA,
                        AuditReader.SCHEMA,
                        PolicyManager.SCHEMA,
                        StoreMaintainer.SCHEMA,
                        Sharing.SCHEMA,
                        Keyring.SCHEMA,
                        KeyBackup.SCHEMA)
                .flatMap(schema -> schema.methods().stream())
                .toList();

        assertThat(methods)
                .allMatch(method -> method.annotation(Annotations.METHOD_CLASS_ANNOTATION, MethodClass.class)
                        .isPresent());
    }

    /** Or a pipelined call on it would be taken for the strictest class. */
    @Test
    void aGrantKnowsTheMethodsOfEverythingItsCapabilityLeadsTo() {
        Reach reach = Reach.from(
                List.of(SessionBundle.Reader.class, ProgramCaps.Reader.class, IncomingConnection.Client.class));
        Reach administration = Reach.from(Stream.concat(ACCOUNT_ADMIN.stream(), Stream.of(StoreInspector.Client.class))
                .toList());

        assertThat(Grant.CATALOGUE)
                .extracting(InterfaceSchema::displayName)
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                reach.interfaces().stream(), administration.interfaces().stream())
                        .filter(type -> !type.equals(SessionManager.Client.class)) // it does not go by a membrane
                        .map(type -> type.getEnclosingClass().getSimpleName())
                        .distinct()
                        .toList());
    }

    @Test
    void aDecisionIsNotVisibleOutsideTheBroker() {
        assertThat(Modifier.isPublic(PolicyDecision.class.getModifiers())).isFalse();
        assertThat(PolicyDecision.class.isSealed()).isTrue();
        assertThat(Arrays.stream(Broker.class.getMethods()).map(Method::getReturnType))
                .noneMatch(PolicyDecision.class::isAssignableFrom);
    }

    /** What can be reached from some client types. */
    private static final class Reach {
        private final Set<Class<?>> types = new HashSet<>();
        private final Set<String> fields = new HashSet<>();
        /** Those fields that are bytes, not a number of them. */
        private final Set<String> data = new HashSet<>();

        private final Deque<Type> open = new ArrayDeque<>();

        static Reach from(List<Class<?>> clients) {
            Reach reach = new Reach();
            reach.open.addAll(clients);
            while (!reach.open.isEmpty()) {
                reach.visit(reach.open.pop());
            }
            return reach;
        }

        List<Class<?>> interfaces() {
            return types.stream()
                    .filter(CapabilityClient.class::isAssignableFrom)
                    .toList();
        }

        private void visit(Type type) {
            switch (type) {
                case ParameterizedType generic -> open.addAll(Arrays.asList(generic.getActualTypeArguments()));
                case WildcardType wildcard -> open.addAll(Arrays.asList(wildcard.getUpperBounds()));
                case Class<?> visited -> {
                    if (visited.getName().startsWith("dev.bailiwick.schema.gen.") && types.add(visited)) {
                        members(visited);
                    }
                }
                default -> {}
            }
        }

        /** A client's requests lead to the readers of their results; a reader's getters to its fields. */
        private void members(Class<?> type) {
            for (Method method : type.getMethods()) {
                // What bundle() gives is what the session holds, which the ceiling of its kind bounds and tests of that
                // show.
                boolean request = CapabilityClient.class.isAssignableFrom(type)
                        && method.getName().endsWith("Request")
                        && !(type.equals(UserSession.Client.class)
                                && method.getName().equals("bundleRequest"));
                boolean field = type.getSimpleName().equals("Reader")
                        && method.getName().startsWith("get");
                if (request && method.getGenericReturnType() instanceof ParameterizedType generic) {
                    open.add(generic.getActualTypeArguments()[1]);
                }
                if (field && method.getParameterCount() == 0) {
                    fields.add(method.getName());
                    if (method.getReturnType().equals(Data.Reader.class)) {
                        data.add(method.getName());
                    }
                    open.add(method.getGenericReturnType());
                }
            }
        }
    }
}
