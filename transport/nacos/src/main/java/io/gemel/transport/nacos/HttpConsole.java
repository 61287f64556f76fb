package io.gemel.transport.nacos;

import io.gemel.naming.NodeStatus;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What consoles, probes and tools ask of a server: whether it lives, what it is. Thread-safe. */
final class HttpConsole {
    private static final List<String> LANGUAGES = List.of("zh-CN", "en-US");

    private final NodeStatus.Source status;
    private final int port;

    /**
     * Tells what {@code status} tells.
     *
     * @param port of this door, for who asks for the server's state
     */
    HttpConsole(NodeStatus.Source status, int port) {
        this.status = status;
        this.port = port;
    }

    CompletableFuture<HttpAnswer> liveness(HttpCall call) {
        return HttpAnswer.now(alive(call));
    }

    CompletableFuture<HttpAnswer> readiness(HttpCall call) {
        NodeStatus now = status.status();
        if (!now.ready()) {
            throw new HttpRefusal(500, HttpRefusal.SERVER_ERROR, "naming not in readiness: " + now.reason());
        }
        return HttpAnswer.now(alive(call));
    }

    private static HttpAnswer alive(HttpCall call) {
        return call.form() == HttpForm.V1 ? new HttpAnswer.Text("OK") : HttpAnswer.OK;
    }

    CompletableFuture<HttpAnswer> actuator(HttpCall call) {
        boolean ready = status.status().ready();
        return HttpAnswer.now(HttpAnswer.bare(json -> {
            json.writeStartObject();
            json.writeStringField("status", ready ? "UP" : "OUT_OF_SERVICE");
            json.writeEndObject();
        }));
    }

    /** A flat list of texts, to which the console of v3 alone gives no form. */
    CompletableFuture<HttpAnswer> state(HttpCall call) {
        NodeStatus now = status.status();
        Json.Writing state = json -> {
            json.writeStartObject();
            json.writeStringField("version", "gemel-" + now.version());
            json.writeStringField("startup_mode", now.members().size() > 1 ? "cluster" : "standalone");
            json.writeStringField("standalone_mode", now.members().size() > 1 ? "cluster" : "standalone");
            json.writeStringField("function_mode", "naming");
            json.writeStringField("auth_enabled", "false");
            json.writeStringField("auth_admin_request", "false");
            json.writeStringField("login_page_enabled", "false");
            json.writeStringField("console_ui_enabled", "false");
            json.writeStringField("server_port", Integer.toString(port));
            json.writeEndObject();
        };
        return HttpAnswer.now(call.isConsole() ? HttpAnswer.bare(state) : HttpAnswer.json(state));
    }

    /** There is none; the language is looked at all the same. */
    CompletableFuture<HttpAnswer> announcement(HttpCall call) {
        String language = call.text("language").orElse(LANGUAGES.get(0));
        if (!LANGUAGES.contains(language)) {
            throw HttpRefusal.invalid("Unsupported language: " + language + " (expected: one of " + LANGUAGES + ")");
        }
        return HttpAnswer.now(new HttpAnswer.Text(""));
    }

    /** What a console shows in place of pages. */
    CompletableFuture<HttpAnswer> guide(HttpCall call) {
        return HttpAnswer.now(new HttpAnswer.Text(
                "Gemel answers a console's calls and has no pages of its own; the gemel command does what they do"));
    }
}
