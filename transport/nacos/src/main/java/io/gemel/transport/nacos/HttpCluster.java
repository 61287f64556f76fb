package io.gemel.transport.nacos;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gemel.naming.NodeStatus;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** The members, by the addresses of their client ports, and what this one knows of the load. Thread-safe. */
final class HttpCluster {
    private static final Set<String> STATES = Set.of("STARTING", "UP", "SUSPICIOUS", "DOWN", "ISOLATION");

    /** How far clients' ports are above those for HTTP, from which clients work them out. */
    private static final int CLIENT_PORT_OFFSET = 1_000;

    private final NodeStatus.Source status;

    HttpCluster(NodeStatus.Source status) {
        this.status = status;
    }

    /** A member of Nacos: consoles want its ip and its port, too. */
    private record Node(NodeStatus.Member member, String ip, int port) {
        static Node of(NodeStatus.Member member) {
            String address = member.clientAddress();
            int colon = address.lastIndexOf(':');
            return colon < 0
                    ? new Node(member, address, 0)
                    : new Node(member, address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        }

        String state() {
            return switch (member.state()) {
                case "self", "alive" -> "UP";
                case "suspect" -> "SUSPICIOUS";
                default -> "DOWN";
            };
        }

        void write(JsonGenerator json) throws IOException {
            json.writeStartObject();
            json.writeStringField("id", member.id());
            json.writeStringField("ip", ip);
            json.writeNumberField("port", port);
            json.writeStringField("address", member.clientAddress());
            json.writeStringField("state", state());
            json.writeEndObject();
        }
    }

    /** The members of the state that is asked for, if one is, whose address has what is looked for. */
    CompletableFuture<HttpAnswer> nodes(HttpCall call) {
        String wanted = call.text("keyword", "address").orElse("");
        Optional<String> state = call.text("state").map(text -> text.toUpperCase(Locale.ROOT));
        if (state.isPresent() && !STATES.contains(state.get())) {
            throw HttpRefusal.invalid("Illegal state: " + state.get() + " (expected: one of " + STATES + ")");
        }
        List<Node> nodes = status.status().members().stream()
                .filter(member -> member.clientAddress().contains(wanted))
                .map(Node::of)
                .filter(node -> state.isEmpty() || state.get().equals(node.state()))
                .toList();
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartArray();
            for (Node node : nodes) {
                node.write(json);
            }
            json.writeEndArray();
        }));
    }

    CompletableFuture<HttpAnswer> self(HttpCall call) {
        Node self = self(status.status());
        return HttpAnswer.now(HttpAnswer.json(self::write));
    }

    CompletableFuture<HttpAnswer> health(HttpCall call) {
        return HttpAnswer.now(new HttpAnswer.Text(self(status.status()).state()));
    }

    private static Node self(NodeStatus now) {
        return now.members().stream()
                .filter(member -> member.id().equals(now.nodeId()))
                .map(Node::of)
                .findFirst()
                .orElseThrow(() -> HttpRefusal.notFound(HttpRefusal.NOT_FOUND, "this server is no member yet"));
    }

    /** How many clients there are. A member counts its own alone: so the numbers are of one, and not complete if there are more. */
    CompletableFuture<HttpAnswer> load(HttpCall call) {
        NodeStatus now = status.status();
        String address = self(now).member().clientAddress();
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartObject();
            for (String number : List.of("total", "min", "avg", "max")) {
                json.writeNumberField(number, now.sessions());
            }
            json.writeNumberField("memberCount", now.members().size());
            json.writeNumberField("metricsCount", 1);
            json.writeBooleanField("completed", now.members().size() == 1);
            json.writeArrayFieldStart("detail");
            json.writeStartObject();
            json.writeStringField("address", address);
            json.writeNumberField("sdkConCount", now.sessions());
            json.writeNumberField("conCount", now.sessions());
            json.writeStringField(
                    "load",
                    Double.toString(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
            json.writeEndObject();
            json.writeEndArray();
            json.writeEndObject();
        }));
    }

    /** Where clients find servers that are told an endpoint instead of addresses: a line for each. */
    CompletableFuture<HttpAnswer> addresses(HttpCall call) {
        return HttpAnswer.now(new HttpAnswer.Text(status.status().members().stream()
                .map(Node::of)
                .filter(node -> node.port() > CLIENT_PORT_OFFSET)
                .map(node -> node.ip() + ":" + (node.port() - CLIENT_PORT_OFFSET) + "\n")
                .collect(Collectors.joining())));
    }
}
