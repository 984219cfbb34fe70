package dev.bailiwick.capnp.rpc;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.capnproto.AnyPointer;
import org.capnproto.SegmentBuilder;
import org.capnproto.SegmentReader;
import org.capnproto.StructBuilder;
import org.capnproto.StructFactory;
import org.capnproto.StructReader;
import org.capnproto.StructSize;

/** An interface as the generator writes it, by hand and with one struct for all parameters and results. */
final class Counter {
    static final long TYPE_ID = 0xc0c0c0c0c0c0c001L;

    static final InterfaceSchema SCHEMA = new InterfaceSchema(
            TYPE_ID,
            "Counter",
            List.of(),
            List.of(
                    new MethodSchema(TYPE_ID, 0, "add", () -> Slot.factory, () -> Slot.factory, Map.of(7L, "write")),
                    new MethodSchema(TYPE_ID, 1, "child", () -> Slot.factory, () -> Slot.factory, Map.of()),
                    new MethodSchema(TYPE_ID, 2, "echo", () -> Slot.factory, () -> Slot.factory, Map.of())),
            Map.of());

    static final CapabilityFactory<Client> factory = new CapabilityFactory<>(Client::new);

    private Counter() {}

    static Client client(Server server) {
        return factory.client(CapabilityClient.serve(server));
    }

    static final class Client extends CapabilityClient {
        Client(ClientHook owned) {
            super(owned);
        }

        @Override
        public Client share() {
            return new Client(sharedHook());
        }

        Request<Slot.Builder, Slot.Reader, Slot.Pipeline> addRequest() {
            return newRequest(TYPE_ID, 0, Slot.factory, Slot.factory, Slot.Pipeline::new);
        }

        Request<Slot.Builder, Slot.Reader, Slot.Pipeline> childRequest() {
            return newRequest(TYPE_ID, 1, Slot.factory, Slot.factory, Slot.Pipeline::new);
        }

        Request<Slot.Builder, Slot.Reader, Slot.Pipeline> echoRequest() {
            return newRequest(TYPE_ID, 2, Slot.factory, Slot.factory, Slot.Pipeline::new);
        }

        /** Adds, waits, and returns the total. */
        int add(int amount) {
            var request = addRequest();
            request.params().setNumber(amount);
            try (var response = request.send().join()) {
                return response.get().getNumber();
            }
        }
    }

    interface Server extends CapabilityServer {
        @Override
        default InterfaceSchema schema() {
            return SCHEMA;
        }

        default CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
            return Calls.unimplemented("Counter.add");
        }

        default CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
            return Calls.unimplemented("Counter.child");
        }

        default CompletionStage<?> echo(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
            return Calls.unimplemented("Counter.echo");
        }

        @Override
        default CompletionStage<?> dispatch(IncomingCall call) throws Exception {
            if (call.interfaceId() != TYPE_ID) {
                return Calls.unimplemented(call);
            }
            return switch (call.methodId()) {
                case 0 -> add(call.typed(Slot.factory, Slot.factory));
                case 1 -> child(call.typed(Slot.factory, Slot.factory));
                case 2 -> echo(call.typed(Slot.factory, Slot.factory));
                default -> Calls.unimplemented(call);
            };
        }
    }

    /** {@code struct Slot { number :Int32; counter :Counter; all :List(Counter); inner :Slot; any :AnyPointer; }}. */
    static final class Slot {
        static final StructSize STRUCT_SIZE = new StructSize((short) 1, (short) 4);
        static final CapabilityList.Factory<Client> LIST = new CapabilityList.Factory<>(Counter.factory);
        static final Factory factory = new Factory();

        private Slot() {}

        static final class Factory extends StructFactory<Builder, Reader> {
            @Override
            public Reader constructReader(
                    SegmentReader segment, int data, int pointers, int dataSize, short pointerCount, int nesting) {
                return new Reader(segment, data, pointers, dataSize, pointerCount, nesting);
            }

            @Override
            public Builder constructBuilder(
                    SegmentBuilder segment, int data, int pointers, int dataSize, short pointerCount) {
                return new Builder(segment, data, pointers, dataSize, pointerCount);
            }

            @Override
            public StructSize structSize() {
                return STRUCT_SIZE;
            }

            @Override
            public Reader asReader(Builder builder) {
                return builder.asReader();
            }
        }

        static final class Reader extends StructReader {
            Reader(SegmentReader segment, int data, int pointers, int dataSize, short pointerCount, int nesting) {
                super(segment, data, pointers, dataSize, pointerCount, nesting);
            }

            int getNumber() {
                return _getIntField(0);
            }

            Client getCounter() {
                return _getPointerField(Counter.factory, 0);
            }

            CapabilityList.Reader<Client> getAll() {
                return _getPointerField(LIST, 1);
            }

            Reader getInner() {
                return _getPointerField(factory, 2);
            }

            AnyPointer.Reader getAny() {
                return _getPointerField(AnyPointer.factory, 3);
            }

            void copyTo(SegmentBuilder target, int pointer) {
                DeepCopy.struct(target, pointer, segment, data, pointers, dataSize, pointerCount);
            }
        }

        static final class Builder extends StructBuilder {
            Builder(SegmentBuilder segment, int data, int pointers, int dataSize, short pointerCount) {
                super(segment, data, pointers, dataSize, pointerCount);
            }

            Reader asReader() {
                return new Reader(segment, data, pointers, dataSize, pointerCount, 64);
            }

            Builder setNumber(int value) {
                _setIntField(0, value);
                return this;
            }

            Builder setCounter(Client value) {
                _setPointerField(Counter.factory, 0, value);
                return this;
            }

            CapabilityList.Builder<Client> initAll(int size) {
                return _initPointerField(LIST, 1, size);
            }

            Builder initInner() {
                return _initPointerField(factory, 2, 0);
            }

            Builder setInner(Reader value) {
                value.copyTo(segment, pointers + 2);
                return this;
            }

            void clearInner() {
                DeepCopy.clear(segment, pointers + 2);
            }

            AnyPointer.Builder getAny() {
                return _getPointerField(AnyPointer.factory, 3);
            }
        }

        static final class Pipeline extends StructPipeline {
            Pipeline(AnyPipeline pipeline) {
                super(pipeline);
            }

            Client getCounter() {
                return _capability(Counter.factory, 0);
            }

            Pipeline getInner() {
                return new Pipeline(_field(2));
            }
        }
    }
}
