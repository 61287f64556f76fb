package io.gemel.transport.nacos;

import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.Naming;
import io.gemel.naming.OperatorState;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Versioned;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What operators say of addresses over HTTP: kept by the registry as such, over whatever is registered there. Thread-safe. */
final class HttpOverrides {
    private static final int BATCH_MAX = 1_000;

    private final Naming naming;

    HttpOverrides(Naming naming) {
        this.naming = naming;
    }

    /** Replaces what is said of an address; what is left out is at its default then, as in Nacos. */
    CompletableFuture<HttpAnswer> update(HttpCall call) {
        ServiceId service = call.service();
        InstanceKey key = call.key();
        InstanceOverride override = new InstanceOverride(
                Optional.of(HttpInstances.enabled(call)),
                OptionalDouble.of(HttpInstances.weight(call)),
                call.metadata().orElse(Map.of()));
        if (naming.present(service).isEmpty()) {
            throw new HttpRefusal(
                    400,
                    HttpRefusal.SERVICE_MISSING,
                    "service not found: " + Names.grouped(service) + ", nothing to update");
        }
        return HttpAnswer.okAfter(
                naming.setOverride(new Change.SetOverride(service, key, Optional.of(override), Precondition.NONE)));
    }

    /** Changes what is given, and leaves the rest of what is said. */
    CompletableFuture<HttpAnswer> patch(HttpCall call) {
        ServiceId service = call.service();
        InstanceKey key = call.key();
        if (naming.present(service).find(key).isEmpty()) {
            throw HttpRefusal.notFound(
                    HttpRefusal.INSTANCE_NOT_FOUND, "instance is not exist: " + key.ip() + ":" + key.port());
        }
        Optional<Boolean> enabled = call.flag("enabled").or(() -> call.flag("enable"));
        Optional<Double> weight = call.text("weight").map(given -> HttpInstances.weight(call));
        Map<String, String> metadata = call.metadata().orElse(Map.of());
        return HttpAnswer.okAfter(change(service, key, before -> {
            InstanceOverride after = before.withMetadata(merged(before.metadata(), metadata));
            after = weight.isPresent() ? after.withWeight(weight.get()) : after;
            return enabled.isPresent() ? after.withEnabled(enabled.get()) : after;
        }));
    }

    /** Adds metadata to several addresses. */
    CompletableFuture<HttpAnswer> putMetadata(HttpCall call) {
        Map<String, String> metadata = HttpCall.metadata(call.required("metadata"));
        return each(call, before -> before.withMetadata(merged(before.metadata(), metadata)));
    }

    /** Takes metadata off several addresses, as far as operators put it there; what an instance registered with is its own. */
    CompletableFuture<HttpAnswer> removeMetadata(HttpCall call) {
        Map<String, String> metadata = HttpCall.metadata(call.required("metadata"));
        return each(call, before -> {
            Map<String, String> rest = new HashMap<>(before.metadata());
            rest.keySet().removeAll(metadata.keySet());
            return before.withMetadata(rest);
        });
    }

    private CompletableFuture<HttpAnswer> each(HttpCall call, UnaryOperator<InstanceOverride> change) {
        ServiceId service = call.service();
        List<Registration> chosen = chosen(call, naming.present(service));
        if (chosen.size() > BATCH_MAX) {
            throw HttpRefusal.invalid(chosen.size() + " instances (expected: at most " + BATCH_MAX + ")");
        }
        List<CompletableFuture<?>> writes = new ArrayList<>();
        chosen.forEach(registration -> writes.add(change(service, registration.key(), change)));
        return CompletableFuture.allOf(writes.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> HttpAnswer.json(json -> {
                    json.writeStartObject();
                    HttpJson.texts(
                            json,
                            "updated",
                            chosen.stream().map(HttpOverrides::name).toList());
                    json.writeEndObject();
                }));
    }

    private static List<Registration> chosen(HttpCall call, ServiceView view) {
        Durability kind = call.text("consistencyType").orElse("").equals("persist")
                ? Durability.PERSISTENT
                : Durability.EPHEMERAL;
        Optional<Set<InstanceKey>> named = call.text("instances")
                .map(text -> JsonObject.parseList(text).stream()
                        .map(item -> NacosInstance.of(item).key())
                        .collect(Collectors.toUnmodifiableSet()));
        return view.registrations().stream()
                .filter(registration -> named.map(keys -> keys.contains(registration.key()))
                        .orElse(registration.instance().durability() == kind))
                .toList();
    }

    /** Nacos's name of an instance in the answer to a batch. */
    private static String name(Registration registration) {
        InstanceKey key = registration.key();
        return "%s:%d:unknown:%s:%s"
                .formatted(
                        key.ip(),
                        key.port(),
                        Names.cluster(key),
                        registration.instance().durability() == Durability.EPHEMERAL ? "ephemeral" : "persist");
    }

    /** On condition that nobody else changed it meanwhile. */
    private CompletableFuture<?> change(ServiceId service, InstanceKey key, UnaryOperator<InstanceOverride> change) {
        return naming.describe(service, ReadLevel.LOCAL).thenCompose(description -> {
            Optional<Versioned<InstanceOverride>> present =
                    description.state().find(key).map(OperatorState.Overridden::override);
            InstanceOverride before = present.map(Versioned::value).orElse(InstanceOverride.NONE);
            InstanceOverride after = change.apply(before);
            if (after.equals(before)) {
                return CompletableFuture.completedFuture(null);
            }
            Optional<InstanceOverride> wanted = Optional.of(after).filter(set -> !set.isEmpty());
            Precondition unchanged =
                    Precondition.revision(present.map(Versioned::revision).orElse(0L));
            return naming.setOverride(new Change.SetOverride(service, key, wanted, unchanged))
                    .thenApply(written -> null);
        });
    }

    private static Map<String, String> merged(Map<String, String> before, Map<String, String> more) {
        Map<String, String> merged = new HashMap<>(before);
        merged.putAll(more);
        return merged;
    }
}
