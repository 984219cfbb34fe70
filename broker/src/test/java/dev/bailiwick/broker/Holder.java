package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.capnp.rpc.Response;
import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.schema.gen.CreateResult;
import dev.bailiwick.schema.gen.Denial;
import dev.bailiwick.schema.gen.GetResult;
import dev.bailiwick.schema.gen.LoginResult;
import dev.bailiwick.schema.gen.MutationResult;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.PutResult;
import dev.bailiwick.schema.gen.Receipt;
import dev.bailiwick.schema.gen.SessionBundle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Somebody who tried to log in, with what came of it and what they hold. */
final class Holder implements AutoCloseable {
    private final Response<?> response;
    private final LoginResult.Reader result;
    private final List<CapabilityClient> held = new ArrayList<>();

    Holder(Response<?> response, LoginResult.Reader result) {
        this.response = response;
        this.result = result;
    }

    boolean isLoggedIn() {
        return result.isGranted();
    }

    /** The denial's code; fails if there was none. */
    String denial() {
        assertThat(result.isDenied()).as("denied").isTrue();
        return code(result.getDenied());
    }

    /** What a person reads of the denial. */
    String message() {
        return result.getDenied().getMessage().toString();
    }

    /** What it tells them to do. */
    String hint() {
        return result.getDenied().getHint().toString();
    }

    static String code(Denial.Reader denial) {
        return denial.getCode().toString();
    }

    LoginResult.Reader result() {
        return result;
    }

    byte[] reference() {
        return result.getReference().toArray();
    }

    SessionBundle.Reader bundle() {
        assertThat(result.isGranted()).as(() -> "granted, not " + denialText()).isTrue();
        return result.getBundle();
    }

    private String denialText() {
        return code(result.getDenied()) + ": " + result.getDenied().getMessage();
    }

    /** A capability of the bundle, held until this is closed. */
    <T extends CapabilityClient> T hold(Function<SessionBundle.Reader, T> slot) {
        return keep(slot.apply(bundle()));
    }

    <T extends CapabilityClient> T keep(T capability) {
        held.add(capability);
        return capability;
    }

    Namespace.Client home() {
        return hold(SessionBundle.Reader::getHome);
    }

    AccountStoreManager.Client manager() {
        return hold(SessionBundle.Reader::getAccountManager);
    }

    /** Receipts by slot name: {@code granted} or the reason of the denial. */
    Map<String, String> receipts() {
        Map<String, String> codes = new TreeMap<>();
        for (Receipt.Reader receipt : bundle().getReceipts()) {
            codes.put(receipt.getSlot().name(), receipt.getCode().toString());
        }
        return codes;
    }

    List<String> grantedSlots() {
        return receipts().entrySet().stream()
                .filter(entry -> entry.getValue().equals("granted"))
                .map(Map.Entry::getKey)
                .toList();
    }

    // ---- what an account administrator does ----

    /** Creates an account and answers its one-time code. */
    String create(String name, String... roles) {
        try (var response = createRequest(name, roles).send().join()) {
            CreateResult.Reader created = response.get().getResult();
            assertThat(created.isCreated())
                    .as(() -> code(created.getDenied()) + ": "
                            + created.getDenied().getMessage())
                    .isTrue();
            return new String(created.getCreated().getEnrolmentCode().toArray(), UTF_8);
        }
    }

    String createDenied(String name, String... roles) {
        try (var response = createRequest(name, roles).send().join()) {
            assertThat(response.get().getResult().isDenied()).as("denied").isTrue();
            return code(response.get().getResult().getDenied());
        }
    }

    private dev.bailiwick.capnp.rpc.Request<
                    AccountStoreManager.CreateParams.Builder, AccountStoreManager.CreateResults.Reader, ?>
            createRequest(String name, String... roles) {
        var request = manager().createRequest();
        request.params().setName(name);
        var list = request.params().initRoles(roles.length);
        for (int i = 0; i < roles.length; i++) {
            list.set(i, new org.capnproto.Text.Reader(roles[i]));
        }
        return request;
    }

    String setStatus(String name, AccountStatus status) {
        return setStatus(name, status, 0);
    }

    String setStatus(String name, AccountStatus status, long expect) {
        var request = manager().setStatusRequest();
        request.params().setName(name);
        request.params().setStatus(status);
        request.params().setExpect(expect);
        try (var response = request.send().join()) {
            return outcome(response.get().getResult());
        }
    }

    String addRole(String name, String role) {
        var request = manager().addRoleRequest();
        request.params().setName(name);
        request.params().setRole(role);
        try (var response = request.send().join()) {
            return outcome(response.get().getResult());
        }
    }

    String removeRole(String name, String role) {
        var request = manager().removeRoleRequest();
        request.params().setName(name);
        request.params().setRole(role);
        try (var response = request.send().join()) {
            return outcome(response.get().getResult());
        }
    }

    String setProfiles(String name, String resource, String policy) {
        var request = manager().setProfilesRequest();
        request.params().setName(name);
        request.params().setResourceProfile(resource);
        request.params().setPolicyProfile(policy);
        try (var response = request.send().join()) {
            return outcome(response.get().getResult());
        }
    }

    /** {@code committed}, {@code conflict VERSION}, or the denial's code. */
    static String outcome(MutationResult.Reader result) {
        return switch (result.which()) {
            case COMMITTED -> "committed";
            case CONFLICT -> "conflict " + result.getConflict().getCurrentVersion();
            case DENIED -> code(result.getDenied());
            case _NOT_IN_SCHEMA -> "of a newer schema";
        };
    }

    /** {@code code}, or the denial's code. */
    String issueEnrolment(String name) {
        var request = manager().issueEnrolmentRequest();
        request.params().setName(name);
        try (var response = request.send().join()) {
            CreateResult.Reader result = response.get().getResult();
            return result.isCreated()
                    ? new String(result.getCreated().getEnrolmentCode().toArray(), UTF_8)
                    : code(result.getDenied());
        }
    }

    Map<String, Object> lookup(String name) {
        var request = hold(SessionBundle.Reader::getAccountReader).lookupRequest();
        request.params().setName(name);
        try (var response = request.send().join()) {
            AccountRecord.Reader account = response.get().getResult().getFound();
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", account.getName().toString());
            fields.put("status", account.getStatus().name());
            fields.put("version", account.getRecordVersion());
            List<String> roles = new ArrayList<>();
            account.getRoles().forEach(role -> roles.add(role.toString()));
            fields.put("roles", roles);
            return fields;
        }
    }

    // ---- what everybody does ----

    /** {@code stored}, {@code conflict VERSION}, or the denial's code. */
    static String put(Namespace.Client namespace, String path, String content) {
        return put(namespace, path, content.getBytes(UTF_8));
    }

    static String put(Namespace.Client namespace, String path, byte[] content) {
        var request = namespace.putRequest();
        request.params().setPath(path);
        request.params().setContent(content);
        try (var response = request.send().join()) {
            PutResult.Reader result = response.get().getResult();
            return switch (result.which()) {
                case STORED -> "stored";
                case CONFLICT -> "conflict " + result.getConflict();
                case DENIED -> code(result.getDenied());
                case _NOT_IN_SCHEMA -> "of a newer schema";
            };
        }
    }

    /** The blob's text, or the denial's code. */
    static String get(Namespace.Client namespace, String path) {
        var request = namespace.getRequest();
        request.params().setPath(path);
        try (var response = request.send().join()) {
            GetResult.Reader result = response.get().getResult();
            if (result.isDenied()) {
                return code(result.getDenied());
            }
            try (Blob.Client blob = result.getBlob()) {
                return read(blob);
            }
        }
    }

    static String read(Blob.Client blob) {
        var request = blob.readRequest();
        request.params().setLength(1 << 20);
        try (var response = request.send().join()) {
            return new String(response.get().getData().toArray(), UTF_8);
        }
    }

    void logout() {
        try (var session = bundle().getSession()) {
            session.logoutRequest().send().await();
        }
    }

    @Override
    public void close() {
        held.forEach(CapabilityClient::close);
        response.close();
    }
}
