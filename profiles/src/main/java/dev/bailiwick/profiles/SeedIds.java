package dev.bailiwick.profiles;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.ProfileId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.VersionId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The ids of everything a manifest seeds, derived from the manifest's name, so that recovering from the same manifest
 * meets the ids it seeded before (seed 002, Gate 0: "preserve validated IDs").
 *
 * <pre>
 * id = first 16 bytes of SHA-256( "bailiwick seed id 1" LF manifest name LF type LF key )
 * </pre>
 *
 * No part contains a line feed, so different parts never meet in one input. A key is a name that is unique for its type:
 * the normalised account name, the profile's name, and for what hangs on an account its name, a slash, and the role or
 * credential.
 */
final class SeedIds {
    private static final String DOMAIN = "bailiwick seed id 1";

    private final String manifest;

    SeedIds(String manifest) {
        this.manifest = manifest;
    }

    RecordId manifestRecord() {
        return record("manifest", "");
    }

    RecordId catalogueRecord() {
        return record("catalogue", "");
    }

    VersionId catalogueVersion() {
        return version("catalogue-version", "");
    }

    PrincipalId principal(String nameKey) {
        return PrincipalId.of(derive("principal", nameKey));
    }

    RecordId accountRecord(String nameKey) {
        return record("account", nameKey);
    }

    RecordId bindingRecord(String nameKey, String role) {
        return record("role-binding", nameKey + "/" + role);
    }

    RecordId credentialRecord(String nameKey, String credential) {
        return record("credential", nameKey + "/" + credential);
    }

    ProfileId profile(ProfileSort sort, String name) {
        return ProfileId.of(derive(sort.key(), name));
    }

    RecordId profileRecord(ProfileSort sort, String name) {
        return record(sort.key() + "-record", name);
    }

    VersionId profileVersion(ProfileSort sort, String name) {
        return version(sort.key() + "-version", name);
    }

    private RecordId record(String type, String key) {
        return RecordId.of(derive(type, key));
    }

    private VersionId version(String type, String key) {
        return VersionId.of(derive(type, key));
    }

    private byte[] derive(String type, String key) {
        String input = String.join("\n", DOMAIN, manifest, type, key);
        return Arrays.copyOf(
                Hash256.sha256(input.getBytes(StandardCharsets.UTF_8)).toBytes(), Id128.BYTES);
    }
}
