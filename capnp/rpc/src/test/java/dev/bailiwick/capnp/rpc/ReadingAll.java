package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.kinds.Box;
import dev.bailiwick.capnp.rpc.kinds.Kinds;
import dev.bailiwick.capnp.rpc.kinds.Small;
import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.capnproto.AnyPointer;
import org.capnproto.Data;
import org.capnproto.DecodeException;
import org.capnproto.FromPointerReader;
import org.capnproto.ListList;
import org.capnproto.ListReader;
import org.capnproto.PrimitiveList;
import org.capnproto.StructBuilder;
import org.capnproto.StructReader;
import org.capnproto.Text;
import org.capnproto.TextList;
import org.jspecify.annotations.Nullable;

/**
 * Reads whatever can be read of a message through the accessors of generated code, as a program might that trusts nobody: a
 * {@link DecodeException} where something is of another kind is taken for an answer, everything else is a failure. Accessors of
 * union members that are not set are left alone.
 */
final class ReadingAll {
    /** What an {@link AnyPointer} is read as, one after the other. */
    private static final List<FromPointerReader<?>> GUESSES = List.of(
            Kinds.factory,
            Small.factory,
            Box.factory(PointerType.TEXT, PointerType.of(Small.factory)),
            Slot.factory,
            Text.factory,
            Data.factory,
            Counter.factory,
            Kinds.listFactory,
            Small.listFactory,
            Counter.listFactory,
            TextList.factory,
            PrimitiveList.Void.factory,
            PrimitiveList.Boolean.factory,
            PrimitiveList.Byte.factory,
            PrimitiveList.Short.factory,
            PrimitiveList.Int.factory,
            PrimitiveList.Long.factory,
            PrimitiveList.Double.factory,
            new ListList.Factory<>(PrimitiveList.Long.factory),
            new ListList.Factory<>(Kinds.listFactory));

    /**
     * An accessor of generated code.
     *
     * @param isSet tells whether a member of a union is the one that is set; null outside of unions
     * @param has tells whether a pointer field is not null; null for other fields
     */
    private record Accessor(
            Method get, @Nullable Method isSet, @Nullable Method has) {}

    private final Map<Class<?>, List<Accessor>> accessors = new HashMap<>();

    private int left;
    private int reads;
    private int refusals;

    /** Reads at most so many values, since the same object may be read as many kinds. */
    ReadingAll(int most) {
        this.left = most;
    }

    /** How many values were read. */
    int reads() {
        return reads;
    }

    /** How many of the readings were refused as being of another kind. */
    int refusals() {
        return refusals;
    }

    /** Reads a root pointer as everything. */
    void of(AnyPointer.Reader root) {
        value(root);
    }

    /**
     * Copies field by field, as a method does that passes on what it was given. The runtime's own copying has failures of other
     * kinds than its reading; a caller must be told that its message was malformed all the same.
     */
    void copy(StructReader from, StructBuilder to) {
        for (Accessor accessor : accessors.computeIfAbsent(from.getClass(), ReadingAll::accessorsOf)) {
            for (Method set : setters(to.getClass(), accessor.get)) {
                if (accessor.isSet == null || (boolean) invoke(from, accessor.isSet)) {
                    copyField(from, accessor.get, to, set);
                }
            }
        }
    }

    private void copyField(StructReader from, Method get, StructBuilder to, Method set) {
        try {
            Object value = invoke(from, get);
            invoke(to, set, value);
            if (value instanceof CapabilityClient client) {
                client.close();
            }
        } catch (RuntimeException refused) {
            String told = RpcException.of(refused).reason();
            if (!told.startsWith("malformed message")) {
                throw new AssertionError("callers would be told: " + told, refused);
            }
            refusals++;
        }
    }

    private static List<Method> setters(Class<?> type, Method get) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals("set" + get.getName().substring(3)))
                .filter(method -> method.getParameterCount() == 1)
                .filter(method -> method.getParameterTypes()[0].equals(get.getReturnType()))
                .filter(method -> !method.getParameterTypes()[0].isEnum()) // what is unknown is refused by design
                .toList();
    }

    private void value(Object value) {
        if (left-- <= 0) {
            return;
        }
        reads++;
        switch (value) {
            case StructReader struct -> struct(struct);
            case ListReader list -> list(list);
            case Text.Reader text -> {
                var _ = text.toString();
            }
            case Data.Reader data -> {
                var _ = data.toArray();
            }
            case AnyPointer.Reader any -> any(any);
            case CapabilityClient client -> client.close();
            case CapabilityList.Reader<?> clients -> clients.forEach(CapabilityClient::close);
            default -> {}
        }
    }

    private void any(AnyPointer.Reader any) {
        boolean isNull = any.isNull();
        for (FromPointerReader<?> guess : GUESSES) {
            attempt(() -> descend(any.getAs(guess), !isNull));
        }
    }

    private void struct(StructReader struct) {
        for (Accessor accessor : accessors.computeIfAbsent(struct.getClass(), ReadingAll::accessorsOf)) {
            if (left > 0 && (accessor.isSet == null || (boolean) invoke(struct, accessor.isSet))) {
                boolean isThere = accessor.has == null || (boolean) invoke(struct, accessor.has);
                attempt(() -> descend(invoke(struct, accessor.get), isThere));
            }
        }
    }

    /** Reads a value; one that stands for a null pointer is not read on, for there is always another null below it. */
    private void descend(Object value, boolean isThere) {
        if (isThere || !(value instanceof StructReader)) {
            value(value);
        }
    }

    private void list(ListReader list) {
        Method get = accessors
                .computeIfAbsent(list.getClass(), ReadingAll::accessorsOf)
                .getFirst()
                .get();
        for (int i = 0; i < list.size() && left > 0; i++) {
            int index = i;
            attempt(() -> value(invoke(list, get, index)));
        }
    }

    private static List<Accessor> accessorsOf(Class<?> type) {
        boolean isList = ListReader.class.isAssignableFrom(type);
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getParameterCount() == (isList ? 1 : 0))
                .filter(method -> method.getName().matches(isList ? "get" : "(get|which).*"))
                .filter(method -> !method.getDeclaringClass().equals(Object.class))
                .sorted(Comparator.comparing(Method::getName))
                .map(method -> new Accessor(method, companion(type, method, "is"), companion(type, method, "has")))
                .toList();
    }

    private static @Nullable Method companion(Class<?> type, Method get, String prefix) {
        try {
            return type.getMethod(prefix + get.getName().substring(3));
        } catch (NoSuchMethodException none) {
            return null;
        }
    }

    private void attempt(Runnable reading) {
        try {
            reading.run();
        } catch (DecodeException refused) {
            refusals++;
        }
    }

    private static Object invoke(Object target, Method method, Object... arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            switch (thrown.getCause()) {
                case RuntimeException unchecked -> throw unchecked;
                case Error error -> throw error;
                case null, default -> throw new AssertionError(method.toString(), thrown);
            }
        } catch (IllegalAccessException hidden) {
            throw new AssertionError("not an accessor: " + method, hidden);
        }
    }
}
