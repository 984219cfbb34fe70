package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {
    private static final Json.Obj ACCOUNT = Json.object()
            .with("name", "alice")
            .with("version", 2)
            .with("active", true)
            .with("service", new Json.Null())
            .with("roles", Json.texts(List.of("developer", "local-user")));

    @Test
    void aValueIsPrintedIndentedInFieldOrder() {
        assertThat(ACCOUNT.print()).isEqualTo("""
                {
                  "name" : "alice",
                  "version" : 2,
                  "active" : true,
                  "service" : null,
                  "roles" : [
                    "developer",
                    "local-user"
                  ]
                }
                """);
    }

    @Test
    void anErrorIsPrintedOnOneLine() {
        assertThat(ACCOUNT.printLine())
                .isEqualTo("{\"name\":\"alice\",\"version\":2,\"active\":true,\"service\":null,"
                        + "\"roles\":[\"developer\",\"local-user\"]}\n");
    }

    @Test
    void numbersAreUnsigned() {
        assertThat(Json.object().with("n", -1L).printLine()).isEqualTo("{\"n\":18446744073709551615}\n");
    }

    @Test
    void textIsEscaped() {
        assertThat(Json.object().with("t", "a\"b\\c\n\033[31m").printLine())
                .isEqualTo("{\"t\":\"a\\\"b\\\\c\\n\\u001B[31m\"}\n");
    }

    @Test
    void emptyListsAndObjectsStayShort() {
        assertThat(new Json.Arr(List.of()).print()).isEqualTo("[ ]\n");
        assertThat(Json.object().print()).isEqualTo("{ }\n");
    }

    @Test
    void addingAFieldLeavesTheOriginalAsItWas() {
        Json.Obj more = ACCOUNT.with("status", "locked");

        assertThat(ACCOUNT.fields()).doesNotContainKey("status");
        assertThat(more.text("status")).isEqualTo("locked");
    }

    @Test
    void whatIsPrintedIsReadBack() {
        assertThat(Json.parse(ACCOUNT.print())).isEqualTo(ACCOUNT);
        assertThat(Json.parse("[18446744073709551615]")).isEqualTo(new Json.Arr(List.of(new Json.Num(-1))));
    }

    @Test
    void textThatIsNoValueIsRefused() {
        for (String text : List.of("", "{", "[1,", "1 2", "nope", "1.5")) {
            assertThatThrownBy(() -> Json.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
