package io.gemel.transport.nacos;

import io.gemel.naming.CountedServices;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.Naming;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.transport.nacos.payload.Payload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What a Nacos client can ask of naming, by the types of its requests: decodes, asks {@link Naming}, encodes. Thread-safe; nothing blocks. */
final class NamingCalls {
    private static final String REGISTER = "registerInstance";
    private static final String DEREGISTER = "deregisterInstance";
    private static final String BATCH_REGISTER = "batchRegisterInstance";

    private final Naming naming;
    private final PersistentInstances persistent;
    private final RefTime times;

    NamingCalls(Naming naming, RefTime times) {
        this.naming = naming;
        this.persistent = new PersistentInstances(naming);
        this.times = times;
    }

    /** By type of request. */
    Map<String, NacosCall> all() {
        return Map.of(
                "InstanceRequest", new NacosCall("InstanceResponse", this::instance),
                "BatchInstanceRequest", new NacosCall("BatchInstanceResponse", this::batch),
                "PersistentInstanceRequest", new NacosCall("InstanceResponse", this::persistentInstance),
                "ServiceQueryRequest", new NacosCall("QueryServiceResponse", this::query),
                "SubscribeServiceRequest", new NacosCall("SubscribeServiceResponse", this::subscribe),
                "ServiceListRequest", new NacosCall("ServiceListResponse", this::list),
                "NamingFuzzyWatchRequest", new NacosCall("NamingFuzzyWatchResponse", this::fuzzyWatch));
    }

    private CompletableFuture<Payload> instance(NacosCall.Request request) {
        ServiceId service = service(request.body());
        String type = type(request.body());
        return switch (type) {
            case REGISTER -> {
                List<Instance> instances = List.of(one(request.body()).of(service, Durability.EPHEMERAL));
                yield request.connection()
                        .publishing()
                        .publish(service, instances, "register")
                        .thenApply(done -> operated(request, type));
            }
            case DEREGISTER ->
                request.connection().publishing().end(service).thenApply(done -> operated(request, type));
            default -> throw unknown(type);
        };
    }

    private CompletableFuture<Payload> batch(NacosCall.Request request) {
        ServiceId service = service(request.body());
        String type = type(request.body());
        if (!type.equals(BATCH_REGISTER)) {
            throw unknown(type);
        }
        List<Instance> instances = request.body().objects("instances").stream()
                .map(each -> NacosInstance.of(each).of(service, Durability.EPHEMERAL))
                .toList();
        return request.connection()
                .publishing()
                .publish(service, instances, "batch register")
                .thenApply(done -> operated(request, type));
    }

    private CompletableFuture<Payload> persistentInstance(NacosCall.Request request) {
        ServiceId service = service(request.body());
        String type = type(request.body());
        NacosInstance instance = one(request.body());
        return switch (type) {
            case REGISTER ->
                persistent
                        .register(service, instance.of(service, Durability.PERSISTENT))
                        .thenApply(done -> operated(request, type));
            case DEREGISTER ->
                persistent.deregister(service, instance.key()).thenApply(done -> operated(request, type));
            default -> throw unknown(type);
        };
    }

    private CompletableFuture<Payload> query(NacosCall.Request request) {
        Selection selection = Selection.of(
                request.body().text("cluster").orElse(""), request.body().flag("healthyOnly", false));
        return told(request, naming.present(service(request.body())), selection);
    }

    private CompletableFuture<Payload> subscribe(NacosCall.Request request) {
        ServiceId service = service(request.body());
        Selection selection = Selection.of(request.body().text("clusters").orElse(""), false);
        ServiceView view = naming.present(service);
        Pushes pushes = request.connection().pushes();
        if (request.body().flag("subscribe", true)) {
            subscribe(view, selection, pushes);
        } else {
            pushes.unsubscribe(service);
            naming.unwatch(service, pushes);
        }
        return told(request, view, selection);
    }

    /** One that is refused for overload is none of those that a connection may have, and leaves the former one as it was. */
    private void subscribe(ServiceView told, Selection selection, Pushes pushes) {
        Optional<Selection> former = pushes.subscribe(told, selection);
        boolean begun = false;
        try {
            naming.watch(told.service(), pushes);
            begun = true;
        } finally {
            if (!begun) {
                former.ifPresentOrElse(
                        before -> pushes.subscribe(told, before), () -> pushes.unsubscribe(told.service()));
            }
        }
    }

    private CompletableFuture<Payload> list(NacosCall.Request request) {
        int number = request.body().integer("pageNo", 1);
        int size = request.body().integer("pageSize", 10);
        if (number < 1 || size < 1) {
            throw Names.illegal("pageNo", "pageNo and pageSize should be at least 1");
        }
        CountedServices page = naming.services(
                Names.namespace(request.body().text("namespace").orElse("")),
                Names.group(request.body().text("groupName").orElse("")),
                (number - 1L) * size,
                size);
        return request.ok(json -> {
            json.writeNumberField("count", page.total());
            json.writeArrayFieldStart("serviceNames");
            for (ServiceId service : page.services()) {
                json.writeString(Names.name(service));
            }
            json.writeEndArray();
        });
    }

    private CompletableFuture<Payload> fuzzyWatch(NacosCall.Request request) {
        FuzzyPattern pattern =
                FuzzyPattern.of(request.body().text("groupKeyPattern").orElse(""));
        Pushes pushes = request.connection().pushes();
        String type = request.body().text("watchType").orElse("");
        switch (type) {
            case "WATCH" -> {
                try {
                    watch(request, pattern, pushes);
                } catch (FuzzyWatches.TooMany tooMany) {
                    return request.refused(NacosCode.TOO_MANY_PATTERNS, String.valueOf(tooMany.getMessage()));
                }
            }
            case "CANCEL_WATCH" -> {
                if (pushes.cancel(pattern)) {
                    naming.unwatch(pattern.within(), pushes);
                }
            }
            default -> throw Names.illegal("watchType", "it should be WATCH or CANCEL_WATCH");
        }
        return request.ok(nothing -> {});
    }

    /** A pattern that is refused for overload is none of those that a connection may have. */
    private void watch(NacosCall.Request request, FuzzyPattern pattern, Pushes pushes) {
        boolean fresh = pushes.watch(
                pattern,
                request.body().flag("initializing", false),
                request.body().texts("receivedGroupKeys"));
        boolean begun = false;
        try {
            naming.watch(pattern.within(), pushes);
            begun = true;
        } finally {
            if (fresh && !begun) {
                pushes.cancel(pattern);
            }
        }
    }

    private CompletableFuture<Payload> told(NacosCall.Request request, ServiceView view, Selection selection) {
        return request.ok("serviceInfo", view.as(ViewJson.FORMAT).serviceInfo(selection, false, times.next()));
    }

    private static Payload operated(NacosCall.Request request, String type) {
        return request.answer(json -> json.writeStringField("type", type));
    }

    private static ServiceId service(JsonObject body) {
        return Names.service(
                body.text("namespace").orElse(""),
                body.text("groupName").orElse(""),
                body.text("serviceName").orElse(""));
    }

    private static NacosInstance one(JsonObject body) {
        return NacosInstance.of(
                body.object("instance").orElseThrow(() -> Names.illegal("instance", "it should not be absent")));
    }

    private static String type(JsonObject body) {
        return body.text("type").orElse("");
    }

    private static RegistryException unknown(String type) {
        return Names.illegal("type", "'" + type.substring(0, Math.min(type.length(), 64)) + "' is no operation here");
    }
}
