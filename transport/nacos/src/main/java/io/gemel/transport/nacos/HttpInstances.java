package io.gemel.transport.nacos;

import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.LeaseRequest;
import io.gemel.naming.LeaseService;
import io.gemel.naming.LeaseTimes;
import io.gemel.naming.Naming;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Written;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Instances over HTTP: registered, found, listed and removed. An ephemeral one is kept by its client's heartbeats, on whichever node they
 * arrive. Thread-safe.
 */
final class HttpInstances {
    static final String HEART_BEAT_TIMEOUT = "preserved.heart.beat.timeout";
    static final String DELETE_TIMEOUT = "preserved.ip.delete.timeout";
    private static final double WEIGHT_MAX = 10_000;
    private static final int PORT_MAX = 65_535;

    private final Naming naming;
    private final LeaseService leases;
    private final PersistentInstances persistent;
    private final UdpPush push;
    private final RefTime times;

    /**
     * Keeps the ephemeral ones by {@code leases}.
     *
     * @param times by which clients tell newer lists from older ones
     */
    HttpInstances(Naming naming, LeaseService leases, UdpPush push, RefTime times) {
        this.naming = naming;
        this.leases = leases;
        this.persistent = new PersistentInstances(naming);
        this.push = push;
        this.times = times;
    }

    CompletableFuture<HttpAnswer> register(HttpCall call) {
        ServiceId service = call.service();
        Durability durability = durability(call);
        Instance instance = instance(call).of(service, durability);
        return HttpAnswer.okAfter(register(service, instance));
    }

    /** Registers {@code instance} for as long as heartbeats come, or for good. */
    CompletableFuture<Written> register(ServiceId service, Instance instance) {
        if (instance.durability() == Durability.PERSISTENT) {
            return persistent.register(service, instance);
        }
        ServiceKind.check(naming.present(service), Durability.EPHEMERAL, "register");
        LeaseRequest request = new LeaseRequest.Register(service, instance, times(instance.metadata()));
        return leases.ask(request).thenApply(written -> written.orElse(new Written(0)));
    }

    CompletableFuture<HttpAnswer> deregister(HttpCall call) {
        ServiceId service = call.service();
        InstanceKey key = call.key();
        return HttpAnswer.okAfter(
                switch (durability(call)) {
                    case EPHEMERAL -> deregisterEphemeral(service, key);
                    case PERSISTENT -> persistent.deregister(service, key);
                });
    }

    /** To Nacos a client without a connection is its ip and port: what it has registered goes, whichever cluster it is in. */
    private CompletableFuture<Void> deregisterEphemeral(ServiceId service, InstanceKey key) {
        Set<InstanceKey> there = new HashSet<>(Set.of(key)); // not known here, it may yet be known elsewhere
        for (Registration registration : naming.present(service).at(key.ip(), key.port())) {
            if (registration.instance().durability() == Durability.EPHEMERAL) {
                there.add(registration.key());
            }
        }
        return CompletableFuture.allOf(there.stream()
                .map(each -> leases.ask(new LeaseRequest.Deregister(service, each)))
                .toArray(CompletableFuture[]::new));
    }

    CompletableFuture<HttpAnswer> get(HttpCall call) {
        ServiceId service = call.service();
        InstanceKey key = call.key();
        Instance instance = naming.present(service)
                .find(key)
                .map(Registration::instance)
                .orElseThrow(() -> HttpRefusal.notFound(
                        HttpRefusal.INSTANCE_NOT_FOUND,
                        "no matched ip found: " + key.ip() + ":" + key.port() + " of " + Names.grouped(service)));
        String nameField = call.form() == HttpForm.V1 ? "service" : "serviceName";
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartObject();
            json.writeStringField(nameField, Names.grouped(service));
            json.writeStringField("ip", key.ip());
            json.writeNumberField("port", key.port());
            json.writeStringField("clusterName", Names.cluster(key));
            json.writeNumberField("weight", instance.weight());
            json.writeBooleanField("healthy", instance.healthy());
            json.writeStringField("instanceId", NacosInstance.id(service, instance));
            HttpJson.metadata(json, instance.metadata());
            json.writeEndObject();
        }));
    }

    /** The whole list; whoever names a port for it is told of changes there. */
    CompletableFuture<HttpAnswer> list(HttpCall call) {
        ServiceId service = call.service();
        Selection selection = Selection.of(
                call.text("clusters", "clusterName").orElse(""),
                call.flag("healthyOnly").orElse(false));
        int udpPort = call.integer("udpPort", 0);
        ServiceView view = naming.present(service);
        if (udpPort > 0 && udpPort <= PORT_MAX) {
            push.subscribe(
                    service,
                    selection,
                    new InetSocketAddress(call.remote(), udpPort),
                    call.agent(),
                    call.text("app").orElse("unknown"));
        }
        return HttpAnswer.now(
                new HttpAnswer.Value(view.as(ViewJson.FORMAT).serviceInfo(selection, true, times.next())));
    }

    /** The hosts alone, of the one cluster that is named or the default one: the v3 of clients. */
    CompletableFuture<HttpAnswer> hosts(HttpCall call) {
        ServiceId service = call.service();
        String cluster = call.text("clusterName").orElse(InstanceKey.DEFAULT_CLUSTER);
        Selection selection = Selection.of(cluster, call.flag("healthyOnly").orElse(false));
        return HttpAnswer.now(
                new HttpAnswer.Value(naming.present(service).as(ViewJson.FORMAT).hosts(selection)));
    }

    /** Whether each one is healthy. */
    CompletableFuture<HttpAnswer> statuses(HttpCall call) {
        String key = call.path().endsWith("/instance/statuses") ? call.required("key") : call.lastSegment();
        int hashes = key.indexOf("##");
        ServiceId service = hashes < 0
                ? Names.grouped("", "", key)
                : Names.grouped(key.substring(0, hashes), "", key.substring(hashes + 2));
        ServiceView view = naming.present(service);
        return HttpAnswer.now(HttpAnswer.bare(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("ips");
            for (Instance instance : view.instances()) {
                json.writeString(instance.key().ip() + ":" + instance.key().port() + "_" + instance.healthy());
            }
            json.writeEndArray();
            json.writeEndObject();
        }));
    }

    static Durability durability(HttpCall call) {
        return call.flag("ephemeral").orElse(!call.isConsole()) ? Durability.EPHEMERAL : Durability.PERSISTENT;
    }

    static double weight(HttpCall call) {
        double weight = call.number("weight").orElse(1);
        if (!(weight >= 0 && weight <= WEIGHT_MAX)) {
            throw new HttpRefusal(
                    400, HttpRefusal.WEIGHT, "instance format invalid: The weights range from 0 to 10000");
        }
        return weight;
    }

    static boolean enabled(HttpCall call) {
        return call.flag("enabled").or(() -> call.flag("enable")).orElse(true);
    }

    private static NacosInstance instance(HttpCall call) {
        InstanceKey key = call.key();
        return new NacosInstance(
                key.ip(),
                key.port(),
                call.text("clusterName", "cluster").orElse(""),
                weight(call),
                call.flag("healthy").orElse(true),
                enabled(call),
                "",
                call.metadata().orElse(Map.of()));
    }

    /** What an instance says itself, as far as that can be; a time that is no number above 0 is as good as none. */
    static LeaseTimes times(Map<String, String> metadata) {
        return LeaseTimes.nearest(
                time(metadata, HEART_BEAT_TIMEOUT, LeaseTimes.USUAL.unhealthyAfter()),
                time(metadata, DELETE_TIMEOUT, LeaseTimes.USUAL.removedAfter()));
    }

    private static Duration time(Map<String, String> metadata, String key, Duration otherwise) {
        try {
            long millis = metadata.containsKey(key) ? Long.parseLong(metadata.get(key)) : 0;
            return millis > 0 ? Duration.ofMillis(millis) : otherwise;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
