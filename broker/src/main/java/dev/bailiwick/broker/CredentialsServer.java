package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStoreManager;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.Credential;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.gen.CredentialInfo;
import dev.bailiwick.schema.gen.CredentialKind;
import dev.bailiwick.schema.gen.CredentialState;
import dev.bailiwick.schema.gen.Credentials;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.capnproto.Void;

/** Serves one account's credentials to its holder. A verifier goes in and never comes out. */
final class CredentialsServer implements Credentials.Server {
    private final Grant grant;
    private final Records records;
    private final Authenticator authenticator;
    private final AccountStoreManager accounts;

    /** @param accounts the store's manager; each change carries this grant's gate */
    CredentialsServer(Grant grant, Records records, Authenticator authenticator, AccountStoreManager accounts) {
        this.grant = grant;
        this.records = records;
        this.authenticator = authenticator;
        this.accounts = accounts;
    }

    @Override
    public CompletionStage<?> list(CallContext<Credentials.ListParams.Reader, Credentials.ListResults.Builder> call) {
        List<Stored<Credential>> credentials = dossier().credentials();
        var list = call.results().initCredentials(credentials.size());
        for (int i = 0; i < credentials.size(); i++) {
            Stored<Credential> credential = credentials.get(i);
            CredentialInfo.Builder info = list.get(i);
            info.setRecordId(credential.recordId().toBytes());
            info.setKind(CredentialKind.valueOf(credential.content().kind().name()));
            info.setState(CredentialState.valueOf(credential.content().state().name()));
            info.setLabel(credential.content().label());
            info.setCreatedAtMs(credential.createdAt().toEpochMilli());
            info.setUpdatedAtMs(credential.updatedAt().toEpochMilli());
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> verify(
            CallContext<Credentials.VerifyParams.Reader, Credentials.VerifyResults.Builder> call) {
        byte[] password = Secrets.take(call.params().getPassword());
        try {
            call.results()
                    .setMatches(
                            switch (checked(dossier(), password)) {
                                case RIGHT -> true;
                                case WRONG -> false;
                                case OVERLOADED ->
                                    throw RpcException.overloaded(Authenticator.OVERLOADED.code() + ": "
                                            + Authenticator.OVERLOADED.message());
                            });
        } finally {
            Secrets.wipe(password);
        }
        return Calls.DONE;
    }

    private Authenticator.Checked checked(Dossier dossier, byte[] password) {
        return authenticator
                .verify(dossier, password, grant.session().identity().uid())
                .orElseThrow(
                        () -> RpcException.overloaded("auth-backoff: too many failed attempts; wait and try again"));
    }

    @Override
    public CompletionStage<?> rotate(
            CallContext<Credentials.RotateParams.Reader, Credentials.RotateResults.Builder> call) {
        byte[] current = Secrets.take(call.params().getCurrent());
        byte[] replacement = Secrets.take(call.params().getReplacement());
        try {
            var result = call.results().initResult();
            Optional<Refusal> refusal = rotate(current, replacement);
            if (refusal.isPresent()) {
                refusal.get().into(result.initDenied());
            } else {
                result.setDone(Void.VOID);
            }
        } finally {
            Secrets.wipe(current);
            Secrets.wipe(replacement);
        }
        return Calls.DONE;
    }

    private Optional<Refusal> rotate(byte[] current, byte[] replacement) {
        Dossier dossier = dossier();
        Session.Identity identity = grant.session().identity();
        return switch (checked(dossier, current)) {
            case WRONG -> Optional.of(new Refusal("auth-failed", "the current password is wrong", "check it"));
            case OVERLOADED -> Optional.of(Authenticator.OVERLOADED);
            case RIGHT ->
                authenticator.rotate(
                        dossier,
                        replacement,
                        Attribution.of(new Actor.Session(identity.principalId(), identity.id()), grant::closed),
                        accounts);
        };
    }

    private Dossier dossier() {
        return records.byId(grant.session().identity().account())
                .orElseThrow(() -> new IllegalStateException("the account of a live session is gone"));
    }
}
