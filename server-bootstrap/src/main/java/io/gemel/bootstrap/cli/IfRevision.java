package io.gemel.bootstrap.cli;

import io.gemel.naming.Precondition;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that makes a write of a persistent instance conditional. */
final class IfRevision {
    static final String NAME = "--if-revision";

    @Option(
            names = NAME,
            paramLabel = "N",
            description = "Only if the persistent instance there has this revision now, 0: only if there is none."
                    + " 'gemel get' shows revisions.")
    private Optional<Long> revision = Optional.empty();

    boolean given() {
        return revision.isPresent();
    }

    Precondition precondition() {
        return revision.map(Precondition::revision).orElse(Precondition.NONE);
    }
}
