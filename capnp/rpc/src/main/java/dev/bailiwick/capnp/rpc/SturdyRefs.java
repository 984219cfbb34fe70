package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.persistent.Persistent;
import dev.bailiwick.capnp.rpc.persistent.Restorer;
import dev.bailiwick.capnp.rpc.persistent.Seal;
import dev.bailiwick.capnp.rpc.persistent.SturdyRef;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.capnproto.Data;
import org.capnproto.Text;

/**
 * The sturdy references of a server: capabilities that were saved, and can be restored on another connection or after a restart.
 *
 * <p>A reference is a random 256-bit {@link SturdyToken}. The server keeps only its SHA-256, with whose it is, what it refers
 * to and when it expires; a stolen table restores nothing. A token is looked up by its hash, so how long that takes tells nothing
 * about other tokens. Restoring fails {@linkplain #UNKNOWN in the same words} for a reference that never was, expired, was dropped,
 * or belongs to somebody else.
 *
 * <p>Here is the table's side. The objects' is {@link #saveable}, which makes a capability answer {@code Persistent.save}; the
 * clients' is {@link #restorer}, the capability with which an owner gets its own back. A peer is an owner because the
 * application gave it that owner's restorer, after it proved who it is; no message names an owner that would be believed.
 *
 * <p>After a crash the table holds what its {@linkplain SturdyRefStore store} keeps: a reference that a client was told of, if the
 * store is durable; perhaps one that no client was told of, which nobody can restore and which expires; none that was dropped.
 *
 * <p>Safe for use by any thread. One at a time may use a store. Methods fail with an {@link IOException} if the store does;
 * served calls then as an internal error, never as an unknown reference.
 */
public final class SturdyRefs {
    /** Why a reference could not be restored. */
    public static final String UNKNOWN = "reference is unknown, has expired, or is somebody else's";

    private final SturdyRefStore store;
    private final InstantSource clock;
    private final SecureRandom random;
    private final SturdyLimits limits;

    /** Held from counting to adding, so that savers cannot pass the limits together. */
    private final ReentrantLock adding = new ReentrantLock();

    /**
     * A new reference, to be given to its keeper.
     *
     * @param token the secret
     * @param expires from when on it is of no use
     */
    public record Saved(SturdyToken token, Instant expires) {}

    /** The references in that store. */
    public SturdyRefs(SturdyRefStore store, InstantSource clock, SecureRandom random, SturdyLimits limits) {
        this.store = store;
        this.clock = clock;
        this.random = random;
        this.limits = limits;
    }

    // ---- saving

    /**
     * A new reference to an object.
     *
     * @param owner who shall be able to restore it
     * @param life how long it shall be of use, counted in whole milliseconds; cut to {@link SturdyLimits#longestLife()}
     * @param label what it is for, at most {@value SturdyRecord#MOST_LABEL_CHARS} characters
     * @throws RpcException of type {@link RpcException.Type#OVERLOADED} if the owner, or the server, has as many as it may have
     * @throws IllegalArgumentException if the life is shorter than a millisecond, or the label too long
     */
    public Saved save(SturdyOwner owner, SturdyObject object, Duration life, String label) throws IOException {
        Duration granted = life.compareTo(limits.longestLife()) > 0 ? limits.longestLife() : life;
        if (granted.toMillis() < 1) {
            throw new IllegalArgumentException("a reference must live for a millisecond at least");
        }
        SturdyToken token = SturdyToken.draw(random);
        adding.lock();
        try {
            Instant now = clock.instant();
            // In milliseconds, as clients are told.
            Instant expires = now.plus(granted).truncatedTo(ChronoUnit.MILLIS);
            requireRoom(owner, now);
            store.add(new SturdyRecord(token.hash(), owner, object, expires, label));
            return new Saved(token, expires);
        } finally {
            adding.unlock();
        }
    }

    private void requireRoom(SturdyOwner owner, Instant now) throws IOException {
        if (store.countOf(owner) >= limits.perOwner() || store.size() >= limits.inAll()) {
            store.removeExpired(now); // they do not count, but nobody may have purged for a while
        }
        if (store.countOf(owner) >= limits.perOwner()) {
            throw RpcException.overloaded(
                    "owner has " + limits.perOwner() + " references, which is as many as it may have; drop some");
        }
        if (store.size() >= limits.inAll()) {
            throw RpcException.overloaded("server has as many references as it can keep; try again later");
        }
    }

    /**
     * Serves a call of {@code Persistent.save}, for an object whose interface extends {@code Persistent}: its method ends with
     * {@code return refs.save(call, owner, object)}.
     *
     * @param owner whom the application gave the capability that is called; only for them can it be sealed
     */
    public CompletionStage<?> save(
            CallContext<Persistent.SaveParams.Reader, Persistent.SaveResults.Builder> call,
            SturdyOwner owner,
            SturdyObject object)
            throws IOException {
        Seal.Reader seal = call.params().getSealFor().getAs(Seal.factory);
        if (seal.getOwner().size() > 0 && !matches(owner, seal.getOwner())) {
            return Calls.failed(RpcException.failed("a capability can be sealed only for whom it was given to"));
        }
        Text.Reader text = seal.getLabel();
        boolean isLong = text.size() > 3 * SturdyRecord.MOST_LABEL_CHARS; // a char is at most 3 bytes of UTF-8
        String label = isLong ? "" : text.toString();
        if (isLong || label.length() > SturdyRecord.MOST_LABEL_CHARS) {
            return Calls.failed(RpcException.failed(
                    "label has more than " + SturdyRecord.MOST_LABEL_CHARS + " characters; shorten it"));
        }
        Saved saved = save(owner, object, life(seal.getLifetimeMs()), label);
        SturdyRef.Builder ref = call.results().getSturdyRef().initAs(SturdyRef.factory);
        ref.setToken(saved.token().bytes());
        ref.setExpiresAtMs(saved.expires().toEpochMilli());
        return Calls.DONE;
    }

    private static boolean matches(SturdyOwner owner, Data.Reader named) {
        return named.size() <= SturdyOwner.MOST_BYTES && owner.equals(new SturdyOwner(named.toArray()));
    }

    private Duration life(long unsignedMs) {
        boolean asLongAsAllowed = unsignedMs == 0
                || Long.compareUnsigned(unsignedMs, limits.longestLife().toMillis()) > 0;
        return asLongAsAllowed ? limits.longestLife() : Duration.ofMillis(unsignedMs);
    }

    /**
     * A capability for the same object that can also be saved. Calls of {@code Persistent.save} are answered here, by a reference
     * for that owner; all others go to the object. A save does not wait for calls made before it.
     *
     * <p>It is for that owner's use: whoever has it can save it in the owner's name, though only the owner can restore. If it
     * passes through a {@link Membrane}, that membrane's policy must {@linkplain MembranePolicy#decideSave allow saving}.
     *
     * @param object the object's client, which remains the caller's to close
     * @return a client of its own
     */
    public <T extends CapabilityClient> T saveable(
            T object, CapabilityFactory<T> factory, SturdyOwner owner, SturdyObject description) {
        return factory.client(new SaveableClient(
                object.hook().addRef(), CapabilityClient.serve(new Saver(this, owner, description))));
    }

    // ---- restoring

    /**
     * What an owner's reference refers to; empty if it is unknown, expired or somebody else's. For applications that restore
     * without a {@link #restorer}.
     */
    public Optional<SturdyRecord> find(SturdyOwner owner, SturdyToken token) throws IOException {
        Instant now = clock.instant();
        return store.find(token.hash())
                .filter(record -> record.owner().equals(owner))
                .filter(record -> !record.isExpired(now));
    }

    /**
     * The capability with which an owner restores and drops its references, as a new client that the caller closes. To be given
     * only to peers that proved to be that owner.
     */
    public Restorer.Client restorer(SturdyOwner owner, Realizer realizer) {
        return Restorer.client(new OwnersRestorer(this, owner, realizer));
    }

    // ---- dropping

    /** Drops an owner's reference; says whether there was one. Capabilities restored from it earlier stay as they are. */
    public boolean drop(SturdyOwner owner, SturdyToken token) throws IOException {
        Optional<SturdyRecord> found = find(owner, token);
        return found.isPresent() && store.remove(found.get().hash());
    }

    /** Drops the reference with that hash, whoever's it is; says whether there was one. */
    public boolean drop(SturdyHash hash) throws IOException {
        return store.remove(hash);
    }

    /** Drops all references of an owner, and says how many there were. */
    public int dropAll(SturdyOwner owner) throws IOException {
        return store.removeAllOf(owner);
    }

    /** Removes what has expired, and says how much that was; to be called now and then. */
    public int purge() throws IOException {
        return store.removeExpired(clock.instant());
    }

    /** What an owner has saved and not dropped, in no particular order; some of it may have expired. */
    public List<SturdyRecord> list(SturdyOwner owner) throws IOException {
        return store.allOf(owner);
    }
}
