package io.gemel.it.faults.worker;

import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A command that is being filled in. Not thread-safe. */
final class CommandDraft {
    private final Command.Verb verb;
    private final Duration deadline;
    private String server = "";
    private String client = "";
    private List<String> servers = List.of();
    private String namespace = "";
    private Command.@Nullable Service service;
    private List<Command.Item> instances = List.of();
    private ReadLevel level = ReadLevel.LOCAL;
    private @Nullable Long ifRevision;

    CommandDraft(Command.Verb verb, Duration deadline) {
        this.verb = verb;
        this.deadline = deadline;
    }

    Command.Verb verb() {
        return verb;
    }

    Duration deadline() {
        return deadline;
    }

    CommandDraft server(String address) {
        server = address;
        return this;
    }

    CommandDraft client(String name) {
        client = name;
        return this;
    }

    CommandDraft servers(List<String> addresses, String ofNamespace) {
        servers = List.copyOf(addresses);
        namespace = ofNamespace;
        return this;
    }

    CommandDraft service(ServiceId id) {
        service = new Command.Service(id.namespace(), id.group(), id.name());
        return this;
    }

    CommandDraft instances(List<Instance> all) {
        instances = all.stream().map(CommandDraft::item).toList();
        return this;
    }

    CommandDraft level(ReadLevel wanted) {
        level = wanted;
        return this;
    }

    CommandDraft ifRevision(OptionalLong revision) {
        ifRevision = revision.isPresent() ? revision.getAsLong() : null;
        return this;
    }

    /** The command, complete. */
    Command numbered(long id) {
        return new Command(
                id,
                verb,
                server,
                client,
                servers,
                namespace,
                service,
                instances,
                level.linearizable(),
                level.minRevision(),
                ifRevision,
                deadline.toMillis());
    }

    private static Command.Item item(Instance instance) {
        return new Command.Item(
                instance.key().ip(),
                instance.key().port(),
                instance.key().cluster(),
                instance.weight(),
                instance.enabled(),
                instance.healthy(),
                instance.durability() == Durability.EPHEMERAL,
                instance.metadata());
    }
}
