package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.RecordId;
import java.util.List;

/** Verifiers out of whatever state is published. They are never cached: memory is no place for them. */
final class LiveCredentialReader implements CredentialReader {
    private final Engine engine;

    LiveCredentialReader(Engine engine) {
        this.engine = engine;
    }

    @Override
    public List<Stored<Credential>> credentials(Stored<Account> account) {
        return engine.read(view -> account.content().credentialRefs().stream()
                .map(record -> credential(view, record))
                .toList());
    }

    @Override
    public Stored<Credential> credential(RecordId record) {
        return engine.read(view -> credential(view, record));
    }

    private static Stored<Credential> credential(View view, RecordId record) {
        return Contents.as(Credential.class, new Records(view).required(RecordKind.CREDENTIAL, record, "an account"));
    }
}
