package dev.bailiwick.capnp.rpc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.capnproto.AnyPointer;
import org.capnproto.Data;
import org.capnproto.ListBuilder;
import org.capnproto.ListReader;
import org.capnproto.StructBuilder;
import org.capnproto.StructReader;
import org.capnproto.Text;
import org.capnproto.Void;

/** Fills any generated builder with random values, and reads any generated reader into plain ones, by their accessors. */
final class RandomValues {
    private static final String[] TEXTS = {
        "", "a", "plain words", "gr\u00fc\u00df", "\"quoted\" \\ back\nslash\t\u0001", "\ud83d\ude00", "{[,]}"
    };

    private final RandomGenerator random;

    RandomValues(RandomGenerator random) {
        this.random = random;
    }

    /** Fills a struct whose builder's class has no type parameters. */
    void fill(StructBuilder struct, int depth) {
        fill(struct, struct.getClass(), depth);
    }

    private void fill(StructBuilder struct, Type type, int depth) {
        List<Method> getters = getters(struct.getClass());
        List<Method> members = getters.stream()
                .filter(get -> method(struct, "is" + field(get)).isPresent())
                .toList();
        Method chosen = members.isEmpty() ? null : members.get(random.nextInt(members.size()));
        for (Method get : getters) {
            boolean wanted = members.contains(get) ? get.equals(chosen) : random.nextInt(10) < 6;
            if (wanted) {
                set(struct, get, resolve(get.getGenericReturnType(), variables(type)), depth);
            }
        }
    }

    private void set(StructBuilder struct, Method get, Type type, int depth) {
        Class<?> raw = raw(type);
        String field = field(get);
        boolean below = depth > 0 && random.nextInt(3) < 2;
        if (StructBuilder.class.isAssignableFrom(raw)) {
            boolean group = method(struct, "has" + field).isEmpty();
            if (below || group) {
                fill(
                        (StructBuilder)
                                invoke(struct, method(struct, "init" + field).orElseThrow()),
                        type,
                        depth - 1);
            }
        } else if (ListBuilder.class.isAssignableFrom(raw)) {
            if (below) {
                Method init = method(struct, "init" + field, int.class).orElseThrow();
                list(invoke(struct, init, random.nextInt(4)), type, depth - 1);
            }
        } else if (!raw.equals(AnyPointer.Builder.class) && !CapabilityClient.class.isAssignableFrom(raw)) {
            Object value = scalar(raw);
            Method set = Arrays.stream(struct.getClass().getMethods())
                    .filter(method -> method.getName().equals("set" + field))
                    .filter(method -> accepts(method.getParameterTypes()[0], value))
                    .findFirst()
                    .orElseThrow();
            invoke(struct, set, value);
        }
    }

    private void list(Object list, Type type, int depth) {
        int size = ((ListBuilder) list).size();
        Type element = type instanceof ParameterizedType typed ? typed.getActualTypeArguments()[0] : Void.class;
        for (int i = 0; i < size; i++) {
            Optional<Method> init = method(list, "init", int.class, int.class);
            if (init.isPresent()) {
                list(invoke(list, init.get(), i, random.nextInt(3)), element, depth);
            } else if (StructBuilder.class.isAssignableFrom(raw(element))) {
                Object struct = invoke(list, method(list, "get", int.class).orElseThrow(), i);
                fill((StructBuilder) struct, element, depth);
            } else {
                setElement(list, element, i);
            }
        }
    }

    private void setElement(Object list, Type element, int index) {
        for (Method set : list.getClass().getMethods()) {
            if (set.getName().equals("set") && set.getParameterCount() == 2) {
                Class<?> declared = set.getParameterTypes()[1];
                invoke(list, set, index, scalar(declared.equals(Enum.class) ? raw(element) : declared));
            }
        }
    }

    private static boolean accepts(Class<?> parameter, Object value) {
        return parameter.isInstance(value) || parameter.isPrimitive();
    }

    private Object scalar(Class<?> type) {
        if (type.isEnum() && !type.equals(Void.class)) {
            Object[] constants = type.getEnumConstants();
            return constants[random.nextInt(constants.length - 1)]; // the last one stands for the unknown
        }
        return switch (type.getName()) {
            case "boolean" -> random.nextBoolean();
            case "byte" -> (byte) integer();
            case "short" -> (short) integer();
            case "int" -> (int) integer();
            case "long" -> integer();
            // The stock tool prints eight digits of a float, so it gets no more.
            case "float" -> random.nextInt(4) == 0 ? Float.NEGATIVE_INFINITY : random.nextInt(-10_000, 10_000) / 16f;
            case "double" -> random.nextInt(4) == 0 ? Double.NaN : random.nextInt() * 0x1p-20;
            case "org.capnproto.Void" -> Void.VOID;
            case "org.capnproto.Text$Builder", "org.capnproto.Text$Reader" ->
                new Text.Reader(TEXTS[random.nextInt(TEXTS.length)]);
            case "org.capnproto.Data$Builder", "org.capnproto.Data$Reader" -> {
                byte[] bytes = new byte[random.nextInt(12)];
                random.nextBytes(bytes);
                for (int i = 0; i < bytes.length; i++) {
                    // The stock tool looks for the end of a text value by its punctuation, and is misled by quoted one.
                    bytes[i] = "()[]{}\"'\\#".indexOf(bytes[i]) >= 0 ? 0 : bytes[i];
                }
                yield new Data.Reader(bytes);
            }
            default -> throw new IllegalArgumentException(type.getName());
        };
    }

    private long integer() {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> random.nextInt(100);
            default -> random.nextLong();
        };
    }

    /** What a reader reads: structs as maps without union members that are not set, and null pointers to structs as absent. */
    static Object read(Object value) {
        return switch (value) {
            case StructReader struct -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                for (Method get : getters(struct.getClass())) {
                    readField(struct, get).ifPresent(read -> fields.put(field(get), read));
                }
                yield fields;
            }
            case ListReader list -> {
                Optional<Method> get = method(list, "get", int.class);
                List<Object> elements = new ArrayList<>();
                for (int i = 0; i < list.size(); i++) {
                    elements.add(get.isPresent() ? read(invoke(list, get.get(), i)) : "void");
                }
                yield elements;
            }
            case Data.Reader data -> Arrays.toString(data.toArray());
            case Text.Reader text -> text.toString();
            case AnyPointer.Reader any -> "any pointer";
            case CapabilityClient client -> {
                client.close();
                yield "capability";
            }
            default -> value;
        };
    }

    private static Optional<Object> readField(StructReader struct, Method get) {
        Optional<Method> isCurrent = method(struct, "is" + field(get));
        if (isCurrent.isPresent() && !(boolean) invoke(struct, isCurrent.get())) {
            return Optional.empty();
        }
        Optional<Method> has = method(struct, "has" + field(get));
        boolean isNull = has.isPresent() && !(boolean) invoke(struct, has.get());
        if (isNull && StructReader.class.isAssignableFrom(get.getReturnType())) {
            return Optional.of("null");
        }
        return Optional.of(read(invoke(struct, get)));
    }

    private static List<Method> getters(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getName().startsWith("get") && method.getParameterCount() == 0)
                .filter(method -> !method.getName().equals("getClass")
                        && !method.getName().endsWith("_code"))
                .sorted(Comparator.comparing(Method::getName))
                .toList();
    }

    private static String field(Method get) {
        return get.getName().substring("get".length());
    }

    private static Optional<Method> method(Object target, String name, Class<?>... parameters) {
        return Arrays.stream(target.getClass().getMethods())
                .filter(method ->
                        method.getName().equals(name) && Arrays.equals(method.getParameterTypes(), parameters))
                .findFirst();
    }

    private static Map<TypeVariable<?>, Type> variables(Type type) {
        Map<TypeVariable<?>, Type> variables = new HashMap<>();
        if (type instanceof ParameterizedType typed) {
            TypeVariable<?>[] declared = raw(type).getTypeParameters();
            for (int i = 0; i < declared.length; i++) {
                variables.put(declared[i], typed.getActualTypeArguments()[i]);
            }
        }
        return variables;
    }

    /** A type with the type variables in it replaced. */
    private static Type resolve(Type type, Map<TypeVariable<?>, Type> variables) {
        return switch (type) {
            case TypeVariable<?> variable -> variables.getOrDefault(variable, AnyPointer.Builder.class);
            case ParameterizedType typed ->
                new Resolved(
                        raw(typed),
                        Arrays.stream(typed.getActualTypeArguments())
                                .map(argument -> resolve(argument, variables))
                                .toList());
            default -> type;
        };
    }

    private record Resolved(Class<?> raw, List<Type> arguments) implements ParameterizedType {
        @Override
        public Type[] getActualTypeArguments() {
            return arguments.toArray(Type[]::new);
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public Type getOwnerType() {
            return raw;
        }
    }

    private static Class<?> raw(Type type) {
        return type instanceof ParameterizedType typed ? (Class<?>) typed.getRawType() : (Class<?>) type;
    }

    private static Object invoke(Object target, Method method, Object... arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw new AssertionError(method + " threw", thrown.getCause());
        } catch (IllegalAccessException hidden) {
            throw new AssertionError(method.toString(), hidden);
        }
    }
}
