package io.gemel.transport.nacos;

import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Naming;
import io.gemel.naming.OperatorState;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceDescription;
import io.gemel.naming.ServiceId;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The health of persistent instances over HTTP, where nobody else judges it. Thread-safe. */
final class HttpHealth {
    private final Naming naming;
    private final HttpHealthChecks checks;

    HttpHealth(Naming naming, HttpHealthChecks checks) {
        this.naming = naming;
        this.checks = checks;
    }

    CompletableFuture<HttpAnswer> set(HttpCall call) {
        ServiceId service = call.service();
        InstanceKey key = call.key();
        boolean healthy =
                call.flag("healthy").or(() -> call.flag("valid")).orElseThrow(() -> HttpRefusal.missing("healthy"));
        return naming.describe(service, ReadLevel.LOCAL)
                .thenCompose(description -> set(description, registered(service, key), healthy));
    }

    private CompletableFuture<HttpAnswer> set(
            ServiceDescription description, Registration registered, boolean healthy) {
        if (registered.instance().durability() == Durability.EPHEMERAL || checks.any(description.settings())) {
            throw new HttpRefusal(
                    400,
                    HttpRefusal.HEALTH_CHECKED,
                    "health check is still working, service: " + Names.grouped(description.service()));
        }
        Instance asRegistered = description
                .state()
                .find(registered.key())
                .flatMap(OperatorState.Overridden::registered)
                .orElse(registered.instance());
        return HttpAnswer.okAfter(naming.register(
                description.service(),
                List.of(asRegistered.withHealthy(healthy)),
                Publisher.NONE,
                Precondition.revision(registered.revision())));
    }

    private Registration registered(ServiceId service, InstanceKey key) {
        return naming.present(service)
                .find(key)
                .orElseThrow(() -> HttpRefusal.notFound(
                        HttpRefusal.INSTANCE_NOT_FOUND, "instance not found: " + key.ip() + ":" + key.port()));
    }

    CompletableFuture<HttpAnswer> server(HttpCall call) {
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartObject();
            json.writeStringField("msg", "Hello! I am Gemel's Nacos door and healthy!");
            json.writeEndObject();
        }));
    }

    CompletableFuture<HttpAnswer> checkers(HttpCall call) {
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartObject();
            for (String type : HttpHealthChecks.TYPES) {
                HttpJson.type(json, type, type);
            }
            json.writeEndObject();
        }));
    }
}
