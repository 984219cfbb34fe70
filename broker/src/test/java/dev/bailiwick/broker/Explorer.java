package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.capnp.rpc.InterfaceSchema;
import dev.bailiwick.capnp.rpc.MethodSchema;
import dev.bailiwick.capnp.rpc.Request;
import dev.bailiwick.capnp.rpc.StreamRequest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.capnproto.Data;
import org.capnproto.StructBuilder;
import org.capnproto.StructReader;
import org.capnproto.Text;
import org.capnproto.TextList;
import org.capnproto.Void;
import org.jspecify.annotations.Nullable;

/**
 * Calls whatever can be called. From some capabilities it goes on to every one that comes back in any result, calls methods of those
 * with parameters made up at random, and so on. What methods there are it takes from the generated schemas, so it knows every
 * interface there will ever be. One seed gives one sequence of choices.
 */
final class Explorer implements AutoCloseable {
    /** Capabilities held of one interface; beyond it a new one takes the place of another. */
    private static final int HELD = 24;

    private static final int STRUCT_DEPTH = 4;
    private static final List<String> FAVOURITES = List.of("a", "a/b", "diary");
    private static final long PATIENCE_SECONDS = 5;

    private final SplittableRandom random;
    private final Map<String, List<CapabilityClient>> held = new TreeMap<>();
    private final Map<String, Integer> answered = new TreeMap<>();
    private final List<String> texts = new ArrayList<>(List.of(
            "",
            "a",
            "a/b",
            "diary",
            "deep/er/still",
            "guest",
            "anonymous",
            "operator",
            "local-user",
            "home",
            "standard"));
    private final List<byte[]> bytes =
            new ArrayList<>(List.of(new byte[0], "what a guest wrote".getBytes(UTF_8), new byte[32], new byte[5000]));
    private int calls;

    Explorer(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** Takes a capability over. */
    void take(CapabilityClient capability) {
        if (capability.isNull()) {
            capability.close();
            return;
        }
        List<CapabilityClient> alike = held.computeIfAbsent(interfaceOf(capability), name -> new ArrayList<>());
        if (alike.size() < HELD) {
            alike.add(capability);
        } else {
            alike.set(random.nextInt(HELD), capability).close();
        }
    }

    /** Takes every capability found in there, and remembers bytes and texts, to be sent some time. */
    void takeAll(StructReader results) {
        collect(results, 0);
    }

    /** Makes so many calls. */
    void explore(int count) {
        for (int i = 0; i < count && !held.isEmpty(); i++) {
            List<CapabilityClient> alike = any(List.copyOf(held.values()));
            call(any(alike));
        }
    }

    int calls() {
        return calls;
    }

    /** Methods that answered at least once, as {@code Interface.method}, and how often. */
    Map<String, Integer> answered() {
        return Collections.unmodifiableMap(answered);
    }

    /** Those held of that interface. */
    <T extends CapabilityClient> List<T> held(Class<T> type) {
        return held.values().stream()
                .flatMap(List::stream)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    @Override
    public void close() {
        held.values().forEach(alike -> alike.forEach(CapabilityClient::close));
        held.clear();
    }

    // ---- calling ----

    private void call(CapabilityClient client) {
        MethodSchema method = any(methods(schemaOf(client)));
        if (method.name().equals("logout") && random.nextInt(50) != 0) {
            return; // or there would be nothing left to explore after a few calls
        }
        calls++;
        try {
            Object request = Objects.requireNonNull(
                    invoke(client, client.getClass().getMethod(method.name() + "Request")), "a request");
            switch (request) {
                case Request<?, ?, ?> ordinary -> {
                    fill((StructBuilder) ordinary.params(), 0);
                    answer(interfaceOf(client) + "." + method.name(), ordinary);
                }
                case StreamRequest<?> stream -> {
                    fill((StructBuilder) stream.params(), 0);
                    stream.send();
                }
                default -> throw new AssertionError(request + " is no request");
            }
        } catch (NoSuchMethodException e) {
            throw new AssertionError("the client of " + client + " lacks " + method.name(), e);
        }
    }

    private void answer(String name, Request<?, ?, ?> request) {
        try (var call = request.send();
                var response = call.stage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            answered.merge(name, 1, Integer::sum);
            collect((StructReader) response.get(), 0);
        } catch (ExecutionException refused) {
            // Refused, revoked, or nonsense: the point is what comes of those that are not.
        } catch (TimeoutException waits) {
            // It may wait for something that never happens; closing the call cancels it.
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<MethodSchema> methods(InterfaceSchema schema) {
        return Stream.concat(
                        schema.methods().stream(),
                        schema.superclasses().stream().flatMap(superclass -> methods(superclass).stream()))
                .toList();
    }

    private static InterfaceSchema schemaOf(CapabilityClient client) {
        try {
            return (InterfaceSchema)
                    client.getClass().getEnclosingClass().getField("SCHEMA").get(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(client + " has no schema", e);
        }
    }

    private static String interfaceOf(CapabilityClient client) {
        return client.getClass().getEnclosingClass().getSimpleName();
    }

    // ---- making parameters up ----

    private void fill(StructBuilder params, int depth) {
        for (Method method : shuffled(params.getClass())) {
            if (random.nextInt(4) == 0) {
                continue;
            }
            if (method.getName().startsWith("set") && method.getParameterCount() == 1) {
                value(method.getParameterTypes()[0]).ifPresent(value -> invoke(params, method, value));
            } else if (method.getName().startsWith("init") && depth < STRUCT_DEPTH) {
                init(params, method, depth);
            }
        }
    }

    private void init(StructBuilder params, Method method, int depth) {
        if (method.getParameterCount() == 0) {
            if (invoke(params, method) instanceof StructBuilder part) {
                fill(part, depth + 1);
            }
        } else if (!Text.Builder.class.equals(method.getReturnType())
                && !Data.Builder.class.equals(method.getReturnType())) {
            switch (invoke(params, method, 1 + random.nextInt(2))) {
                case TextList.Builder list -> {
                    for (int i = 0; i < list.size(); i++) {
                        list.set(i, new Text.Reader(any(texts)));
                    }
                }
                case Iterable<?> list ->
                    list.forEach(element -> {
                        if (element instanceof StructBuilder part) {
                            fill(part, depth + 1);
                        }
                    });
                case null, default -> {} // a list of numbers, which is zeros then
            }
        }
    }

    private Optional<Object> value(Class<?> type) {
        if (type.equals(String.class)) {
            // What was sent before is sent again often enough that something is there.
            return Optional.of(random.nextInt(2) == 0 ? any(FAVOURITES) : any(texts));
        } else if (type.equals(byte[].class)) {
            return Optional.of(any(bytes));
        } else if (type.equals(boolean.class)) {
            return Optional.of(random.nextBoolean());
        } else if (type.equals(long.class)) {
            return Optional.of(number());
        } else if (type.equals(int.class)) {
            return Optional.of((int) number());
        } else if (type.equals(short.class)) {
            return Optional.of((short) number());
        } else if (type.equals(byte.class)) {
            return Optional.of((byte) number());
        } else if (type.equals(double.class)) {
            return Optional.of((double) number());
        } else if (type.equals(float.class)) {
            return Optional.of((float) number());
        } else if (type.equals(Void.class)) {
            return Optional.of(Void.VOID);
        } else if (type.isEnum()) {
            List<?> constants = Arrays.stream(type.getEnumConstants())
                    .filter(constant -> !constant.toString().equals("_NOT_IN_SCHEMA"))
                    .toList();
            return Optional.of(any(constants));
        } else if (CapabilityClient.class.isAssignableFrom(type)) {
            List<?> fitting = held(type.asSubclass(CapabilityClient.class));
            return fitting.isEmpty() ? Optional.empty() : Optional.of(any(fitting));
        }
        return Optional.empty();
    }

    private long number() {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> random.nextInt(300);
            case 3 -> 60_000;
            default -> random.nextLong();
        };
    }

    // ---- looking at results ----

    private void collect(StructReader results, int depth) {
        for (Method method : shuffled(results.getClass())) {
            if (!method.getName().startsWith("get") || method.getParameterCount() != 0) {
                continue;
            }
            if (CapabilityClient.class.isAssignableFrom(method.getReturnType())) {
                if (invoke(results, method) instanceof CapabilityClient found) {
                    take(found);
                }
            } else if (depth < STRUCT_DEPTH && isThere(results, method)) {
                look(invoke(results, method), depth);
            }
        }
    }

    private void look(@Nullable Object value, int depth) {
        switch (value) {
            case StructReader part -> collect(part, depth + 1);
            case Text.Reader text -> remember(texts, text.toString(), 100);
            case Data.Reader data -> remember(bytes, data.toArray(), 100);
            case Iterable<?> list -> {
                int left = 3;
                for (Object element : list) {
                    if (left-- == 0) {
                        break;
                    }
                    switch (element) {
                        case StructReader part -> collect(part, depth + 1);
                        case CapabilityClient found -> take(found);
                        default -> {}
                    }
                }
            }
            case null, default -> {}
        }
    }

    private <T> void remember(List<T> pool, T value, int most) {
        if (pool.size() < most) {
            pool.add(value);
        } else {
            pool.set(random.nextInt(most), value);
        }
    }

    /** Whether a pointer field is set; numbers are of no interest. */
    private boolean isThere(StructReader results, Method getter) {
        String has = "has" + getter.getName().substring("get".length());
        return Arrays.stream(results.getClass().getMethods())
                .filter(method -> method.getName().equals(has) && method.getParameterCount() == 0)
                .findFirst()
                .map(method -> Boolean.TRUE.equals(invoke(results, method)))
                .orElse(StructReader.class.isAssignableFrom(getter.getReturnType())); // a group is always there
    }

    // ---- reflection ----

    /** Null if the field belongs to an arm of a union that is not the one in use. */
    private static @Nullable Object invoke(Object target, Method method, Object... arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException notThisArm) {
            return null;
        } catch (IllegalAccessException e) {
            throw new AssertionError(method + " cannot be called", e);
        }
    }

    /** In an order of its own for each call, but the same for the same seed. */
    private List<Method> shuffled(Class<?> type) {
        List<Method> methods = new ArrayList<>(Arrays.asList(type.getDeclaredMethods()));
        methods.removeIf(method -> method.isSynthetic()
                || !java.lang.reflect.Modifier.isPublic(method.getModifiers())
                || method.getName().toLowerCase(Locale.ROOT).startsWith("getclass"));
        methods.sort(Comparator.comparing(Method::toString));
        for (int i = methods.size() - 1; i > 0; i--) {
            Collections.swap(methods, i, random.nextInt(i + 1));
        }
        return methods;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
