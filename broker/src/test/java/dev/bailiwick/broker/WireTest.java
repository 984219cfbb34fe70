package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.CredentialKind;
import dev.bailiwick.accountstore.CredentialState;
import dev.bailiwick.accountstore.RecordKind;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The enums of the domain and those of the schema are the same, name by name and place by place. */
class WireTest {
    @Test
    void everyDomainEnumIsItsSchemaEnum() {
        Map<List<String>, List<String>> pairs = Map.of(
                names(Slot.values()), schemaNames(dev.bailiwick.schema.gen.Slot.values()),
                names(SlotAccess.values()), schemaNames(dev.bailiwick.schema.gen.SlotAccess.values()),
                names(SessionKind.values()), schemaNames(dev.bailiwick.schema.gen.SessionKind.values()),
                names(SessionSource.values()), schemaNames(dev.bailiwick.schema.gen.SessionSource.values()),
                names(AuthStrength.values()), schemaNames(dev.bailiwick.schema.gen.AuthStrength.values()),
                names(RecordKind.values()), schemaNames(dev.bailiwick.schema.gen.RecordKind.values()),
                names(AccountStatus.values()), schemaNames(dev.bailiwick.schema.gen.AccountStatus.values()),
                names(CredentialKind.values()), schemaNames(dev.bailiwick.schema.gen.CredentialKind.values()),
                names(CredentialState.values()), schemaNames(dev.bailiwick.schema.gen.CredentialState.values()));

        assertThat(pairs).allSatisfy((domain, schema) -> assertThat(domain).isEqualTo(schema));
    }

    private static List<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).toList();
    }

    private static List<String> schemaNames(Enum<?>[] values) {
        return names(values).stream()
                .filter(name -> !name.equals("_NOT_IN_SCHEMA"))
                .toList();
    }
}
