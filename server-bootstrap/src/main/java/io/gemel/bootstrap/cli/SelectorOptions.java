package io.gemel.bootstrap.cli;

import io.gemel.naming.RegistryException;
import io.gemel.naming.TypedMetadata;
import io.gemel.typed.LabelSelector;
import io.gemel.typed.Selector;
import io.gemel.typed.TypedCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say which instances of a service callers use. */
final class SelectorOptions {
    private static final String NONE = "none";

    @Option(
            names = "--selector",
            paramLabel = "KEY=VALUE",
            description = {
                "An entry that the metadata of an instance must have for callers to use it, with all the others that"
                        + " are given; or none, for all.",
                "May be repeated. While no enabled instance has them, all are used."
            })
    private List<String> entries = List.of();

    boolean given() {
        return !entries.isEmpty();
    }

    /** {@code before} with the selector that is asked for instead of its own; throws {@link RegistryException} for one out of range. */
    TypedMetadata changed(TypedMetadata before) {
        if (entries.isEmpty()) {
            return before;
        }
        TypedCodec codec = TypedCodec.installed();
        List<Object> values = new ArrayList<>(codec.decode(before.bytes()));
        values.removeIf(Selector.class::isInstance);
        if (!entries.equals(List.of(NONE))) {
            values.add(new LabelSelector(labels()));
        }
        return TypedMetadata.of(codec.encode(values));
    }

    private Map<String, String> labels() {
        try {
            return Entries.of(entries, "KEY=VALUE, or none alone");
        } catch (IllegalArgumentException e) {
            throw new RegistryException(RegistryException.Code.BAD_REQUEST, "--selector: " + e.getMessage());
        }
    }

    /** The selector in {@code typed}, for people; empty if there is none. */
    static Optional<String> text(TypedMetadata typed) {
        try {
            return TypedCodec.installed().decode(typed.bytes()).stream()
                    .filter(Selector.class::isInstance)
                    .map(selector -> selector instanceof LabelSelector label
                            ? InstanceText.metadata(label.labels())
                            : selector.toString())
                    .findFirst();
        } catch (RegistryException unreadable) {
            return Optional.of("in " + typed + " that this command cannot read: " + unreadable.getMessage());
        }
    }
}
