package dev.bailiwick.capnp.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JavadocTest {
    @Test
    void keepsAShortCommentOnOneLine() {
        assertThat(Javadoc.comment("A point.\n", List.of())).isEqualTo("/** A point. */");
    }

    @Test
    void turnsBlankLinesIntoParagraphs() {
        assertThat(Javadoc.comment("One\nline.\n\n\nAnother.", List.of())).isEqualTo("""
                /**
                 * One
                 * line.
                 *
                 * <p>Another.
                 */""");
    }

    @Test
    void putsTheGeneratorsOwnLinesAtTheEnd() {
        assertThat(Javadoc.comment("Reads.", List.of("<p>Results: {@code a}."))).isEqualTo("""
                /**
                 * Reads.
                 *
                 * <p>Results: {@code a}.
                 */""");
        assertThat(Javadoc.comment("", List.of("Results: none."))).isEqualTo("/** Results: none. */");
    }

    @Test
    void showsCodeAsCode() {
        assertThat(Javadoc.comment("See `List(Text)` and a lone ` mark.", List.of()))
                .isEqualTo("/** See {@code List(Text)} and a lone ` mark. */");
    }

    @Test
    void letsNothingInTheTextActAsMarkup() {
        assertThat(Javadoc.comment("a <b> & {@link c} \\u0022 */ @see", List.of()))
                .isEqualTo("/** a &lt;b&gt; &amp; &#123;&#64;link c&#125; &#92;u0022 *&#47; &#64;see */");
    }

    @Test
    void letsNoCodeEndTheComment() {
        assertThat(Javadoc.comment("`*/` and `}`", List.of())).isEqualTo("/** `*&#47;` and `&#125;` */");
    }
}
