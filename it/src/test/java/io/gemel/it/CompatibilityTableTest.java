package io.gemel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.CompatibilityTable.Cell;
import org.junit.jupiter.api.Test;

class CompatibilityTableTest {
    private static final Cell OLD = new Cell("client", "1.4", "registers");
    private static final Cell NEW = new Cell("client", "2.0 (really)", "registers");
    private static final Cell MORE = new Cell("client", "2.0 (really)", "selects");
    private static final Cell OTHER = new Cell("another", "1", "registers");

    private final CompatibilityTable table = new CompatibilityTable();

    @Test
    void whatIsWrittenIsReadAgain() {
        table.put(MORE, false);
        table.put(NEW, true);
        table.put(OLD, true);
        table.put(OTHER, true);

        assertThat(table.markdown()).isEqualTo("""

                ## another

                |  | 1 |
                | --- | --- |
                | registers | yes |

                ## client

                |  | 1.4 | 2.0 (really) |
                | --- | --- | --- |
                | registers | yes | yes |
                | selects | – | no |
                """);
        CompatibilityTable read = CompatibilityTable.parse("# Title\n\nText.\n" + table.markdown());
        assertThat(table.missingIn(read)).isEmpty();
        assertThat(read.missingIn(table)).isEmpty();
    }

    @Test
    void whatADocumentLacksOrSaysOtherwiseIsNamedAndWhatWasNotTriedIsNot() {
        CompatibilityTable document = new CompatibilityTable();
        document.put(OLD, true);
        document.put(OTHER, true);
        table.put(OLD, false);
        table.put(MORE, true);

        assertThat(table.missingIn(document))
                .containsExactly(
                        "client 1.4, registers: no, and in the document yes",
                        "client 2.0 (really), selects: yes, and in the document there is no such cell");
        assertThat(table.missingIn(table.over(document))).isEmpty();
        assertThat(document.missingIn(table.over(document))).hasSize(1);
    }

    @Test
    void whatFailedOnceIsNoMoreThanThat() {
        table.put(OLD, true);
        table.put(OLD, false);
        table.put(OLD, true);

        assertThat(table.markdown()).contains("| registers | no |");
    }
}
