package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.wire.CapDescriptor;
import dev.bailiwick.capnp.rpc.wire.MessageTarget;
import dev.bailiwick.capnp.rpc.wire.Payload;
import dev.bailiwick.capnp.rpc.wire.PromisedAnswer;
import java.util.Map;
import org.capnproto.DecodeException;
import org.capnproto.StructList;
import org.capnproto.Void;
import org.jspecify.annotations.Nullable;

/**
 * Translates between the capabilities of messages and the connection's tables: what goes out becomes an export or the way back
 * to where it came from, what comes in an import or an object of ours. Used under the connection's lock.
 */
final class CapTranslator {
    private final VatConnection connection;
    private final ExportTable exports;
    private final ImportTable imports;
    private final Limits limits;

    CapTranslator(VatConnection connection, ExportTable exports, ImportTable imports, Limits limits) {
        this.connection = connection;
        this.exports = exports;
        this.imports = imports;
        this.limits = limits;
    }

    // ---- out

    /** Describes a table's capabilities in the payload of a call or a return. */
    Described write(@Nullable CapTable caps, Draft message) {
        return write(caps, Map.of(), message);
    }

    /**
     * Describes a table's capabilities in the payload of a call or a return, but instead of some of them others.
     *
     * @param instead what stands for the capability at an index of the table
     */
    Described write(@Nullable CapTable caps, Map<Integer, ClientHook> instead, Draft message) {
        int count = caps == null ? 0 : caps.size();
        if (caps == null || count == 0) {
            return Described.NOTHING;
        }
        Described described = new Described();
        StructList.Builder<CapDescriptor.Builder> descriptors =
                message.payload().initCapTable(count);
        for (int i = 0; i < count; i++) {
            ClientHook other = instead.get(i);
            write(other == null ? caps.get(i) : other, descriptors.get(i), described);
        }
        return described;
    }

    /** Describes a capability. */
    void write(@Nullable ClientHook hook, CapDescriptor.Builder descriptor, Described described) {
        ClientHook inner = hook == null ? null : hook.innermost();
        if (inner == null || inner.isNull()) {
            descriptor.setNone(Void.VOID);
        } else if (inner.connection() == connection) {
            wayBack(inner).writeDescriptor(descriptor);
            described.wayBack();
        } else {
            export(inner, descriptor, described);
        }
    }

    /** Where to address what lives across this connection. */
    static RemoteTarget wayBack(ClientHook inner) {
        return inner instanceof RemotePromise promise ? promise.use() : (RemoteTarget) inner;
    }

    private void export(ClientHook inner, CapDescriptor.Builder descriptor, Described described) {
        Export export = exports.find(inner);
        boolean isPromise = inner.settlement() != null;
        if (export == null) {
            if (exports.size() >= limits.exports()) {
                descriptor.setNone(Void.VOID);
                connection.abortLater("peer holds more than " + limits.exports() + " capabilities");
                return;
            }
            export = exports.add(inner);
            if (isPromise) {
                connection.resolutions().watch(export, inner);
            }
        }
        exports.handOut(export);
        described.export(export.id);
        if (isPromise) {
            descriptor.setSenderPromise(export.id);
        } else {
            descriptor.setSenderHosted(export.id);
        }
    }

    // ---- in

    /** Adds the capabilities that a payload describes to its message's table. */
    void read(Payload.Reader payload, CapTable table) throws ProtocolException {
        if (!payload.hasCapTable()) {
            return;
        }
        StructList.Reader<CapDescriptor.Reader> descriptors = payload.getCapTable();
        if (descriptors.size() > limits.capabilities()) {
            throw new ProtocolException(
                    "message of " + descriptors.size() + " capabilities has more than " + limits.capabilities());
        }
        for (CapDescriptor.Reader descriptor : descriptors) {
            table.add(read(descriptor));
        }
    }

    /** The capability described, as a fresh reference. */
    ClientHook read(CapDescriptor.Reader descriptor) throws ProtocolException {
        return switch (descriptor.which()) {
            case NONE -> BrokenClient.nullCapability();
            case SENDER_HOSTED -> imports.receive(descriptor.getSenderHosted(), false);
            case SENDER_PROMISE -> imports.receive(descriptor.getSenderPromise(), true);
            case RECEIVER_HOSTED -> {
                Export export = exports.get(descriptor.getReceiverHosted());
                yield export == null ? broken("peer refers to an object it does not have") : home(export.hook.addRef());
            }
            case RECEIVER_ANSWER -> promised(answer(descriptor.getReceiverAnswer()));
            case THIRD_PARTY_HOSTED ->
                imports.receive(descriptor.getThirdPartyHosted().getVineId(), false);
            case _NOT_IN_SCHEMA -> broken("peer sent a capability in a way not known here");
        };
    }

    /** The object with that id, to which a message is addressed. */
    Export exported(int id) throws ProtocolException {
        Export export = exports.get(id);
        if (export == null) {
            throw new ProtocolException("message is addressed to export " + id + ", which the peer does not have");
        }
        return export;
    }

    /** The object a message is addressed to. */
    Addressee read(MessageTarget.Reader target) throws ProtocolException {
        return switch (target.which()) {
            case IMPORTED_CAP -> {
                Export export = exported(target.getImportedCap());
                yield new Addressee.Exported(export, export.hook.addRef());
            }
            case PROMISED_ANSWER -> answer(target.getPromisedAnswer());
            case _NOT_IN_SCHEMA -> throw new ProtocolException("message is addressed in a way not known here");
        };
    }

    static ClientHook broken(String reason) {
        return BrokenClient.of(reason);
    }

    private ClientHook home(ClientHook owned) {
        return owned.innermost().connection() == connection ? new PathBlocker(owned) : owned;
    }

    private Addressee answer(PromisedAnswer.Reader promised) {
        Answer answer = connection.answers().get(promised.getQuestionId());
        if (answer == null || answer.handle == null) {
            return new Addressee.Nobody(RpcException.failed("peer refers to results that are not there"));
        }
        PipelinePath path = path(promised);
        answer.use(path);
        return new Addressee.Promised(answer, answer.handle, path);
    }

    /** Asks for it only when the lock is free: it may belong to another connection, and take that one's lock. */
    private ClientHook promised(Addressee addressee) {
        if (addressee instanceof Addressee.Promised promised) {
            promised.answer().dependents++; // for good: how long a capability is used is not known
        }
        PromiseClient promise = new PromiseClient();
        promise.addRef();
        connection.later(() -> {
            promise.resolve(home(addressee.hook()));
            promise.release();
        });
        return promise;
    }

    private PipelinePath path(PromisedAnswer.Reader promised) {
        if (promised.getTransform().size() > limits.nesting()) {
            throw new DecodeException("promised answer lies deeper than results may");
        }
        PipelinePath path = PipelinePath.ROOT;
        for (PromisedAnswer.Op.Reader op : promised.getTransform()) {
            path = switch (op.which()) {
                case NOOP -> path;
                case GET_POINTER_FIELD -> path.then(Short.toUnsignedInt(op.getGetPointerField()));
                case _NOT_IN_SCHEMA -> throw new DecodeException("promised answer has an operation not known here");
            };
        }
        return path;
    }
}
