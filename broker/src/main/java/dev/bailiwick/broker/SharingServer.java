package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.NamespaceResult;
import dev.bailiwick.schema.gen.ShareInfo;
import dev.bailiwick.schema.gen.Sharing;
import dev.bailiwick.storage.Conflict;
import dev.bailiwick.storage.CorruptStorageException;
import dev.bailiwick.storage.Denied;
import dev.bailiwick.storage.RemoveResult;
import dev.bailiwick.storage.Share;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.capnproto.Data;
import org.capnproto.StructList;
import org.capnproto.Void;

/** Serves what the holder of a durable home shares, and what is shared with it. */
final class SharingServer implements Sharing.Server {
    private final Grant grant;
    private final dev.bailiwick.storage.Namespace home;
    private final Shares shares;

    SharingServer(Grant grant, dev.bailiwick.storage.Namespace home, Shares shares) {
        this.grant = grant;
        this.home = home;
        this.shares = shares;
    }

    @Override
    public CompletionStage<?> share(CallContext<Sharing.ShareParams.Reader, Sharing.ShareResults.Builder> call) {
        Sharing.ShareParams.Reader params = call.params();
        var result = call.results().initResult();
        try {
            // More milliseconds than a signed number holds are longer than anything may last.
            long durationMs = params.getDurationMs();
            switch (shares.share(
                    grant,
                    home,
                    params.getPath().toString(),
                    params.getRecipient().toString(),
                    params.getReadOnly(),
                    Duration.ofMillis(durationMs < 0 ? Long.MAX_VALUE : durationMs))) {
                case Shares.Outcome.Done<Share>(Share share) -> info(result.initShared(), share);
                case Shares.Outcome.Refused<Share>(Refusal refusal) -> refusal.into(result.initDenied());
            }
        } catch (CorruptStorageException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> list(CallContext<Sharing.ListParams.Reader, Sharing.ListResults.Builder> call) {
        List<Share> given = shares.given(grant);
        List<Share> received = shares.received(grant);
        infos(call.results().initGiven(given.size()), given);
        infos(call.results().initReceived(received.size()), received);
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> revoke(CallContext<Sharing.RevokeParams.Reader, Sharing.RevokeResults.Builder> call) {
        var result = call.results().initResult();
        Optional<Id128> id = id(call.params().getId());
        if (id.isEmpty()) {
            badId().into(result.initDenied());
            return Calls.DONE;
        }
        try {
            switch (shares.revoke(grant, id.get())) {
                case RemoveResult.Removed() -> result.setRemoved(Void.VOID);
                case Conflict(long current) -> result.setConflict(current);
                case Denied denied -> Refusal.of(denied).into(result.initDenied());
            }
        } catch (CorruptStorageException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> open(CallContext<Sharing.OpenParams.Reader, Sharing.OpenResults.Builder> call) {
        NamespaceResult.Builder result = call.results().initResult();
        Optional<Id128> id = id(call.params().getId());
        if (id.isEmpty()) {
            badId().into(result.initDenied());
            return Calls.DONE;
        }
        try {
            switch (shares.open(grant, id.get())) {
                case Shares.Outcome.Done<Namespace.Client>(Namespace.Client opened) -> {
                    try (opened) {
                        result.setNamespace(opened);
                    }
                    result.setOpened(Void.VOID);
                }
                case Shares.Outcome.Refused<Namespace.Client>(Refusal refusal) -> refusal.into(result.initDenied());
            }
        } catch (CorruptStorageException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
        return Calls.DONE;
    }

    private static Optional<Id128> id(Data.Reader bytes) {
        return bytes.size() == Id128.BYTES ? Optional.of(Id128.of(bytes.toArray())) : Optional.empty();
    }

    private static Refusal badId() {
        return new Refusal("invalid-argument", "the id of a share has " + Id128.BYTES + " bytes", "list the shares");
    }

    private void infos(StructList.Builder<ShareInfo.Builder> list, List<Share> from) {
        for (int i = 0; i < from.size(); i++) {
            info(list.get(i), from.get(i));
        }
    }

    private void info(ShareInfo.Builder info, Share share) {
        info.setId(share.id().toBytes());
        info.setPath(share.path());
        info.setOwner(shares.nameOf(share.owner()));
        info.setRecipient(shares.nameOf(share.recipient()));
        info.setReadOnly(share.readOnly());
        info.setCreatedAtMs(share.createdAtMs());
        info.setExpiresAtMs(share.expiresAtMs());
    }
}
