package dev.bailiwick.capnp.rpc;

import org.capnproto.SetPointerBuilder;

/** A capability of an interface that the schema does not say: its type {@code Capability}. Use {@link #castAs} to call it. */
public final class AnyCapability extends CapabilityClient {
    /** Reads and writes fields of type {@code Capability}. */
    public static final CapabilityFactory<AnyCapability> factory = new CapabilityFactory<>(AnyCapability::new);

    /** Reads and writes fields of type {@code List(Capability)}. */
    public static final CapabilityList.Factory<AnyCapability> listFactory = new CapabilityList.Factory<>(factory);

    /** Sets fields of type {@code Capability} to any client; for generated code. */
    public static final SetPointerBuilder<AnyCapability, CapabilityClient> setter =
            (segment, pointer, client) -> CapPointers.write(segment, pointer, client.hook());

    private AnyCapability(ClientHook owned) {
        super(owned);
    }

    @Override
    public AnyCapability share() {
        return new AnyCapability(sharedHook());
    }
}
