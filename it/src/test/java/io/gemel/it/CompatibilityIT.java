package io.gemel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Comes after the tests that run side by side, and holds what they noted against what the document says. */
@Tag("alone")
class CompatibilityIT {
    private static final Path DOCUMENT = Path.of(System.getProperty("gemel.docs", "../docs"), "NACOS-COMPATIBILITY.md");
    private static final Path ANEW = Path.of("target", "NACOS-COMPATIBILITY.md");

    @Test
    void theDocumentSaysOfEachClientWhatItsTestFound() throws IOException {
        CompatibilityTable noted = Compatibility.takeNotes();
        assumeFalse(noted.isEmpty(), "skipped, since no test of this run noted what a client does");
        String text = Files.readString(DOCUMENT);
        CompatibilityTable document = CompatibilityTable.parse(text);

        String head =
                text.lines().takeWhile(line -> !line.startsWith("## ")).reduce("", (all, line) -> all + line + "\n");
        Files.writeString(
                ANEW, head.stripTrailing() + "\n" + noted.over(document).markdown());

        assertThat(noted.missingIn(document))
                .as("what the tests found and %s does not say; if it is meant to be so, copy %s there", DOCUMENT, ANEW)
                .isEmpty();
    }
}
