package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.capnp.rpc.wire.Message;
import dev.bailiwick.capnp.rpc.wire.Release;
import java.util.ArrayList;
import java.util.List;
import org.capnproto.AnyPointer;
import org.junit.jupiter.api.Test;

/** References across a connection are counted, and the count is checked; a release counts them in 32 bits without a sign. */
class ReferenceCountsTest {
    private static final long BILLIONS = 3_000_000_000L;

    private final VatLock lock = new VatLock(hook -> {}, () -> {}, () -> {});
    private final ExportTable exports = new ExportTable(lock);
    private final PromiseClient object = new PromiseClient();

    private List<String> faults() {
        SelfCheck check = new SelfCheck();
        exports.check(check);
        return check.faults();
    }

    @Test
    void billionsOfReferencesAreGivenBackAtOnce() throws ProtocolException {
        lock.lock();
        Export export = exports.add(object);
        export.references = BILLIONS;
        assertThatThrownBy(() -> exports.release(export.id, (int) (BILLIONS + 1)))
                .isInstanceOf(ProtocolException.class);
        exports.release(export.id, (int) BILLIONS);
        lock.unlock();
        assertThat(exports.size()).isZero();
        assertThat(object.references()).isEqualTo(1);
    }

    @Test
    void moreThanOneReleaseCanCountAreGivenBackInTwo() {
        List<Long> counts = new ArrayList<>();
        Outbound out = new Outbound() {
            @Override
            public void send(Frame message) {
                MessageView sent = new MessageView(message.segments(), new CapTable());
                Release.Reader release = new AnyPointer.Reader(sent.segment(0), 0, Wire.NESTING_LIMIT)
                        .getAs(Message.factory)
                        .getRelease();
                counts.add(Integer.toUnsignedLong(release.getReferenceCount()));
            }

            @Override
            public long backlog() {
                return 0;
            }

            @Override
            public void end() {}
        };
        new ProtocolWriter(out).release(3, 0x1_0000_0004L);
        assertThat(counts).containsExactly(0xffff_ffffL, 5L);
    }

    @Test
    void aReferenceThatIsLostOrInventedIsNoticed() throws ProtocolException {
        lock.lock();
        Export export = exports.add(object);
        exports.handOut(export);
        exports.handOut(export);
        assertThat(faults()).isEmpty();
        export.references++;
        assertThat(faults()).hasSize(1);
        export.references--;
        exports.release(export.id, 1);
        assertThat(exports.outstanding()).isEqualTo(1);
        export.references = 3;
        exports.close();
        lock.unlock();
        assertThat(exports.outstanding()).isEqualTo(-2);
    }
}
