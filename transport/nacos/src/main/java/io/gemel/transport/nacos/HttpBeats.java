package io.gemel.transport.nacos;

import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.LeaseRequest;
import io.gemel.naming.LeaseService;
import io.gemel.naming.Naming;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Heartbeats of clients without a connection. Thread-safe. */
final class HttpBeats {
    static final String INTERVAL = "preserved.heart.beat.interval";
    static final int KNOWN = 10_200;
    static final int UNKNOWN = 20_404;
    private static final long INTERVAL_USUAL = 5_000;

    private final Naming naming;
    private final LeaseService leases;
    private final HttpInstances instances;

    HttpBeats(Naming naming, LeaseService leases, HttpInstances instances) {
        this.naming = naming;
        this.leases = leases;
        this.instances = instances;
    }

    /** One of which nothing is known is registered if the beat says what it is; else its client is asked to register it. */
    CompletableFuture<HttpAnswer> beat(HttpCall call) {
        Optional<JsonObject> beat = call.text("beat").map(JsonObject::parse);
        ServiceId service = call.service(call.text("serviceName")
                .or(() -> beat.flatMap(fields -> fields.text("serviceName")))
                .orElseThrow(() -> HttpRefusal.missing("serviceName")));
        Optional<Instance> described = beat.map(fields -> instance(fields).of(service, Durability.EPHEMERAL));
        InstanceKey key = described.map(Instance::key).orElseGet(call::key);
        return leases.ask(new LeaseRequest.Renew(service, key)).thenCompose(renewed -> {
            if (renewed.isPresent()) {
                return answer(KNOWN, service, key);
            }
            return described.isEmpty()
                    ? answer(UNKNOWN, service, key)
                    : instances.register(service, described.get()).thenCompose(done -> answer(KNOWN, service, key));
        });
    }

    /** The v3 of clients: a beat is a registration that says so. */
    CompletableFuture<HttpAnswer> registerOrBeat(HttpCall call) {
        if (!call.flag("heartBeat").orElse(false)) {
            return instances.register(call);
        }
        ServiceId service = call.service();
        InstanceKey key = call.key();
        return leases.ask(new LeaseRequest.Renew(service, key))
                .thenApply(renewed -> renewed.isPresent() ? HttpAnswer.OK : unknown(service, key));
    }

    private static HttpAnswer unknown(ServiceId service, InstanceKey key) {
        return HttpAnswer.bare(json -> {
            json.writeStartObject();
            json.writeNumberField("code", HttpRefusal.INSTANCE_NOT_FOUND);
            json.writeStringField("message", "instance not found");
            json.writeStringField("data", key.ip() + ":" + key.port() + " of " + Names.grouped(service));
            json.writeEndObject();
        });
    }

    private CompletableFuture<HttpAnswer> answer(int code, ServiceId service, InstanceKey key) {
        Map<String, String> metadata = naming.present(service)
                .find(key)
                .map(Registration::instance)
                .map(Instance::metadata)
                .orElse(Map.of());
        return HttpAnswer.now(HttpAnswer.bare(json -> {
            json.writeStartObject();
            json.writeNumberField("code", code);
            json.writeNumberField("clientBeatInterval", interval(metadata));
            json.writeBooleanField("lightBeatEnabled", true);
            json.writeEndObject();
        }));
    }

    private static long interval(Map<String, String> metadata) {
        try {
            long interval = Long.parseLong(metadata.getOrDefault(INTERVAL, ""));
            return interval > 0 ? interval : INTERVAL_USUAL;
        } catch (NumberFormatException e) {
            return INTERVAL_USUAL;
        }
    }

    private static NacosInstance instance(JsonObject beat) {
        return new NacosInstance(
                beat.text("ip").orElse(""),
                beat.integer("port", 0),
                beat.text("cluster").orElse(""),
                beat.number("weight", 1),
                true,
                true,
                "",
                beat.object("metadata").map(JsonObject::allTexts).orElse(Map.of()));
    }
}
