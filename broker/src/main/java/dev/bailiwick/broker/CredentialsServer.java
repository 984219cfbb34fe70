package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Credential;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.gen.CredentialInfo;
import dev.bailiwick.schema.gen.CredentialKind;
import dev.bailiwick.schema.gen.CredentialState;
import dev.bailiwick.schema.gen.Credentials;
import dev.bailiwick.schema.gen.EnrollResult;
import dev.bailiwick.schema.gen.RecoveryCodeResult;
import dev.bailiwick.schema.gen.RotateResult;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.capnproto.Void;

/** Serves one account's credentials to its holder. A verifier goes in and never comes out. */
final class CredentialsServer implements Credentials.Server {
    private final SelfService service;

    CredentialsServer(SelfService service) {
        this.service = service;
    }

    @Override
    public CompletionStage<?> list(CallContext<Credentials.ListParams.Reader, Credentials.ListResults.Builder> call) {
        List<Stored<Credential>> credentials = service.list();
        var list = call.results().initCredentials(credentials.size());
        for (int i = 0; i < credentials.size(); i++) {
            write(list.get(i), credentials.get(i));
        }
        return Calls.DONE;
    }

    private static void write(CredentialInfo.Builder info, Stored<Credential> stored) {
        Credential credential = stored.content();
        info.setRecordId(stored.recordId().toBytes());
        info.setKind(CredentialKind.valueOf(credential.kind().name()));
        info.setState(CredentialState.valueOf(credential.state().name()));
        info.setLabel(credential.label());
        info.setCreatedAtMs(stored.createdAt().toEpochMilli());
        info.setUpdatedAtMs(stored.updatedAt().toEpochMilli());
        info.setExpiresAtMs(credential.expiresAt().map(Instant::toEpochMilli).orElse(0L));
        switch (credential.kind()) {
            case SSH_PUBLIC_KEY -> {
                info.setAlgorithm(credential.algorithm());
                info.setFingerprint(
                        SshPublicKey.fingerprintOf(credential.verifier().toBytes()));
            }
            case PASSWORD, ENROLMENT_CODE -> {}
        }
    }

    @Override
    public CompletionStage<?> verify(
            CallContext<Credentials.VerifyParams.Reader, Credentials.VerifyResults.Builder> call) {
        byte[] password = Secrets.take(call.params().getPassword());
        try {
            call.results()
                    .setMatches(
                            switch (service.verify(password)) {
                                case Authenticator.Checked.Right() -> true;
                                case Authenticator.Checked.Wrong() -> false;
                                case Authenticator.Checked.Refused(Refusal refusal) ->
                                    throw RpcException.overloaded(
                                            refusal.code() + ": " + refusal.message() + "; " + refusal.hint());
                            });
        } finally {
            Secrets.wipe(password);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> rotate(
            CallContext<Credentials.RotateParams.Reader, Credentials.RotateResults.Builder> call) {
        byte[] current = Secrets.take(call.params().getCurrent());
        byte[] replacement = Secrets.take(call.params().getReplacement());
        try {
            answer(call.results().initResult(), () -> service.rotatePassword(current, replacement));
        } finally {
            Secrets.wipe(current);
            Secrets.wipe(replacement);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> enrollPassword(
            CallContext<Credentials.EnrollPasswordParams.Reader, Credentials.EnrollPasswordResults.Builder> call) {
        byte[] password = Secrets.take(call.params().getPassword());
        try {
            answer(call.results().initResult(), () -> service.enrollPassword(password));
        } finally {
            Secrets.wipe(password);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> enrollSshKey(
            CallContext<Credentials.EnrollSshKeyParams.Reader, Credentials.EnrollSshKeyResults.Builder> call) {
        Credentials.EnrollSshKeyParams.Reader params = call.params();
        answer(
                call.results().initResult(),
                () -> service.enrollSshKey(
                        params.getPublicKey().toString(), params.getLabel().toString()));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> rotateSshKey(
            CallContext<Credentials.RotateSshKeyParams.Reader, Credentials.RotateSshKeyResults.Builder> call) {
        Credentials.RotateSshKeyParams.Reader params = call.params();
        answer(
                call.results().initResult(),
                () -> service.rotateSshKey(
                        params.getRecordId().toArray(),
                        params.getPublicKey().toString(),
                        params.getLabel().toString()));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> disable(
            CallContext<Credentials.DisableParams.Reader, Credentials.DisableResults.Builder> call) {
        byte[] recordId = call.params().getRecordId().toArray();
        answer(call.results().initResult(), () -> service.disable(recordId));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> issueRecoveryCode(
            CallContext<Credentials.IssueRecoveryCodeParams.Reader, Credentials.IssueRecoveryCodeResults.Builder>
                    call) {
        RecoveryCodeResult.Builder result = call.results().initResult();
        try {
            SelfService.Issued issued = service.issueRecoveryCode();
            RecoveryCodeResult.Issued.Builder wire = result.initIssued();
            wire.setCode(issued.code().text().getBytes(StandardCharsets.US_ASCII));
            wire.setExpiresAtMs(issued.expiresAt().toEpochMilli());
        } catch (RefusedException refused) {
            refused.refusal().into(result.initDenied());
        }
        return Calls.DONE;
    }

    private static void answer(RotateResult.Builder result, Runnable change) {
        try {
            change.run();
            result.setDone(Void.VOID);
        } catch (RefusedException refused) {
            refused.refusal().into(result.initDenied());
        }
    }

    private static void answer(EnrollResult.Builder result, Supplier<Stored<Credential>> change) {
        try {
            Stored<Credential> made = change.get();
            write(result.initEnrolled(), made);
        } catch (RefusedException refused) {
            refused.refusal().into(result.initDenied());
        }
    }
}
