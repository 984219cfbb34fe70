package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.wire.CapDescriptor;
import dev.bailiwick.capnp.rpc.wire.MessageTarget;
import dev.bailiwick.capnp.rpc.wire.PromisedAnswer;
import org.jspecify.annotations.Nullable;

/** Something of the peer's that a message can be addressed to. */
abstract sealed class RemoteTarget extends ClientHook {
    private final VatConnection connection;

    RemoteTarget(VatConnection connection) {
        this.connection = connection;
    }

    @Override
    final VatConnection connection() {
        return connection;
    }

    @Override
    final CallHandle call(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
        return connection.questions().call(this, interfaceId, methodId, params, resultsFor);
    }

    @Override
    final boolean isDead() {
        return connection.isOver();
    }

    @Override
    final void awaitCapacity() {
        connection.questions().awaitWindow();
    }

    /** Names this as the receiver of a message. */
    abstract void writeTarget(MessageTarget.Builder target);

    /** Names this as what a call is made on. */
    abstract void writeTarget(Draft call);

    /** Names this as a capability that goes back to where it lives. */
    abstract void writeDescriptor(CapDescriptor.Builder descriptor);

    /** An object the peer exported, by its id there. */
    static final class Imported extends RemoteTarget {
        private final int id;

        Imported(VatConnection connection, int id) {
            super(connection);
            this.id = id;
        }

        int id() {
            return id;
        }

        @Override
        void writeTarget(MessageTarget.Builder target) {
            target.setImportedCap(id);
        }

        @Override
        void writeTarget(Draft call) {
            call.completeTarget(id);
        }

        @Override
        void writeDescriptor(CapDescriptor.Builder descriptor) {
            descriptor.setReceiverHosted(id);
        }

        @Override
        @Nullable
        ClientHook released() {
            connection().dropped(this);
            return null;
        }
    }

    /** A capability in results the peer has not sent yet. */
    static final class Promised extends RemoteTarget {
        private final QuestionCall question;
        private final PipelinePath path;

        Promised(VatConnection connection, QuestionCall question, PipelinePath path) {
            super(connection);
            this.question = question;
            this.path = path;
        }

        @Override
        void writeTarget(MessageTarget.Builder target) {
            write(target.initPromisedAnswer());
        }

        @Override
        void writeTarget(Draft call) {
            writeTarget(ProtocolWriter.message(call).getCall().getTarget());
        }

        @Override
        void writeDescriptor(CapDescriptor.Builder descriptor) {
            write(descriptor.initReceiverAnswer());
        }

        private void write(PromisedAnswer.Builder answer) {
            answer.setQuestionId(question.id());
            var transform = answer.initTransform(path.length());
            for (int i = 0; i < path.length(); i++) {
                transform.get(i).setGetPointerField((short) path.field(i));
            }
        }

        QuestionCall question() {
            return question;
        }

        @Override
        @Nullable
        ClientHook released() {
            if (question.isRedirected()) {
                connection().dropped(this);
            }
            return null;
        }
    }
}
