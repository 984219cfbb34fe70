package dev.bailiwick.broker;

import dev.bailiwick.accountstore.OpaqueBytes;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.schema.gen.KeyBackup;
import dev.bailiwick.schema.gen.KeyInfo;
import dev.bailiwick.schema.gen.KeyResult;
import dev.bailiwick.schema.gen.Keyring;
import dev.bailiwick.storage.CorruptStorageException;
import dev.bailiwick.storage.KeyVersion;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** The objects behind the slots {@code keyring} and {@code keyBackup}: the same keys, of one principal, with different methods. */
final class KeyringServers {
    private KeyringServers() {}

    /** Whose keys, under the grant's gate; new versions are in the audit chain before the call is answered. */
    private static Keyrings.Holder holder(Grant grant, AuditTrail audit) {
        return new Keyrings.Holder(
                grant.session().identity().principalId(),
                grant,
                (dataClass, version) ->
                        audit.noted(grant.session(), "key.made", "ok", dataClass.name() + " version " + version));
    }

    /** Writes the answer, unless the grant was closed while it was worked out. */
    private static void answer(Grant grant, KeyResult.Builder result, Supplier<KeyAnswer> work) {
        KeyAnswer answer;
        try {
            answer = work.get();
        } catch (CorruptStorageException damage) {
            answer = new KeyAnswer.Refused(Refusal.of(damage));
        } catch (Keyrings.ForgedKeyException forged) {
            answer = KeyAnswer.refused(
                    "corrupt",
                    String.valueOf(forged.getMessage()),
                    "tell an administrator; docs/recovery.md says more");
        }
        grant.requireOpen();
        switch (answer) {
            case KeyAnswer.Bytes(OpaqueBytes bytes) -> result.setBytes(bytes.toBytes());
            case KeyAnswer.Refused(Refusal refusal) -> refusal.into(result.initDenied());
        }
    }

    /** Serves the use of keys. */
    static final class Use implements Keyring.Server {
        private final Grant grant;
        private final Keyrings keyrings;
        private final Keyrings.Holder holder;

        Use(Grant grant, Keyrings keyrings, AuditTrail audit) {
            this.grant = grant;
            this.keyrings = keyrings;
            this.holder = holder(grant, audit);
        }

        @Override
        public CompletionStage<?> list(CallContext<Keyring.ListParams.Reader, Keyring.ListResults.Builder> call) {
            List<KeyVersion> versions = keyrings.list(holder);
            var list = call.results().initKeys(versions.size());
            for (int i = 0; i < versions.size(); i++) {
                KeyVersion version = versions.get(i);
                KeyInfo.Builder info = list.get(i);
                info.setDataClass(version.dataClass().name());
                info.setVersion(version.version());
                info.setCreatedAtMs(version.key().createdAtMs());
                info.setPublicKey(version.key().publicKey());
            }
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> seal(CallContext<Keyring.SealParams.Reader, Keyring.SealResults.Builder> call) {
            Keyring.SealParams.Reader params = call.params();
            byte[] plain = Secrets.take(params.getPlain());
            try {
                answer(
                        grant,
                        call.results().initResult(),
                        () -> keyrings.seal(
                                holder,
                                params.getDataClass().toString(),
                                plain,
                                params.getContext().toArray()));
            } finally {
                Secrets.wipe(plain);
            }
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> unseal(CallContext<Keyring.UnsealParams.Reader, Keyring.UnsealResults.Builder> call) {
            Keyring.UnsealParams.Reader params = call.params();
            answer(
                    grant,
                    call.results().initResult(),
                    () -> keyrings.unseal(
                            holder,
                            params.getDataClass().toString(),
                            params.getSealed().toArray(),
                            params.getContext().toArray()));
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> sign(CallContext<Keyring.SignParams.Reader, Keyring.SignResults.Builder> call) {
            Keyring.SignParams.Reader params = call.params();
            answer(
                    grant,
                    call.results().initResult(),
                    () -> keyrings.sign(
                            holder,
                            params.getDataClass().toString(),
                            params.getMessage().toArray()));
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> rotate(CallContext<Keyring.RotateParams.Reader, Keyring.RotateResults.Builder> call) {
            answer(
                    grant,
                    call.results().initResult(),
                    () -> keyrings.rotate(holder, call.params().getDataClass().toString()));
            return Calls.DONE;
        }
    }

    /** Serves the export of keys, each of which is audited before it is answered. */
    static final class Backup implements KeyBackup.Server {
        private final Grant grant;
        private final Keyrings keyrings;
        private final Keyrings.Holder holder;
        private final HashPool pool;
        private final BrokerConfig config;
        private final AuditTrail audit;

        Backup(Grant grant, Keyrings keyrings, HashPool pool, BrokerConfig config, AuditTrail audit) {
            this.grant = grant;
            this.keyrings = keyrings;
            this.holder = holder(grant, audit);
            this.pool = pool;
            this.config = config;
            this.audit = audit;
        }

        @Override
        public CompletionStage<?> export(
                CallContext<KeyBackup.ExportParams.Reader, KeyBackup.ExportResults.Builder> call) {
            String dataClass = call.params().getDataClass().toString();
            byte[] passphrase = Secrets.take(call.params().getPassphrase());
            try {
                answer(grant, call.results().initResult(), () -> {
                    KeyAnswer answer = weak(passphrase)
                            .orElseGet(() -> pooled(memory -> keyrings.export(
                                    holder,
                                    dataClass,
                                    body -> KeyPassphrase.seal(
                                            holder.principal(), passphrase, body, config.random(), memory))));
                    noted("key.export", answer, dataClass);
                    return answer;
                });
            } finally {
                Secrets.wipe(passphrase);
            }
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> restore(
                CallContext<KeyBackup.RestoreParams.Reader, KeyBackup.RestoreResults.Builder> call) {
            byte[] backup = call.params().getBackup().toArray();
            byte[] passphrase = Secrets.take(call.params().getPassphrase());
            try {
                answer(grant, call.results().initResult(), () -> {
                    KeyAnswer answer = restored(backup, passphrase);
                    noted("key.restore", answer, "");
                    return answer;
                });
            } finally {
                Secrets.wipe(passphrase);
            }
            return Calls.DONE;
        }

        private KeyAnswer restored(byte[] backup, byte[] passphrase) {
            if (backup.length > Keyrings.backupBytes()) {
                return KeyAnswer.refused(
                        "too-large",
                        backup.length + " bytes are more than the " + Keyrings.backupBytes() + " of a key backup",
                        "give what 'export' answered");
            }
            return weak(passphrase)
                    .orElseGet(() -> pooled(memory -> KeyPassphrase.open(holder.principal(), passphrase, backup, memory)
                            .map(body -> keyrings.restore(holder, body))
                            .orElseGet(() -> KeyAnswer.refused(
                                    "restore-failed",
                                    "this is not a backup that this principal made with that passphrase",
                                    "check both"))));
        }

        private static Optional<KeyAnswer> weak(byte[] passphrase) {
            return passphrase.length < Limits.PASSWORD_MIN_CHARS || passphrase.length > Limits.PASSWORD_MAX_BYTES
                    ? Optional.of(KeyAnswer.refused(
                            "invalid-passphrase",
                            "a passphrase has " + Limits.PASSWORD_MIN_CHARS + " to " + Limits.PASSWORD_MAX_BYTES
                                    + " bytes",
                            "choose another"))
                    : Optional.empty();
        }

        private KeyAnswer pooled(Function<HashMemory, KeyAnswer> work) {
            try {
                return pool.run(work).toCompletableFuture().join();
            } catch (CompletionException failure) {
                if (failure.getCause() instanceof HashPool.OverloadedException) {
                    return new KeyAnswer.Refused(Authenticator.OVERLOADED);
                }
                throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
            }
        }

        /** A class that is no name is not written down: it could be anything. */
        private void noted(String kind, KeyAnswer answer, String dataClass) {
            switch (answer) {
                case KeyAnswer.Bytes ignored -> audit.noted(grant.session(), kind, "ok", dataClass);
                case KeyAnswer.Refused(Refusal refusal) -> audit.noted(grant.session(), kind, refusal.code(), "");
            }
        }
    }
}
