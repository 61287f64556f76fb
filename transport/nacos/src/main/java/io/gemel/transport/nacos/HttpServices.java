package io.gemel.transport.nacos;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Naming;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceDescription;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Versioned;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * Services over HTTP. One that is created is one for which settings are kept, in the registry's agreed state; it is there until they are
 * deleted, whether it has instances or not. Thread-safe.
 */
final class HttpServices {
    private static final Pattern LABEL_TERM = Pattern.compile("CONSUMER\\.label\\.([^=]+)=PROVIDER\\.label\\.\\1");

    private final Naming naming;
    private final HttpHealthChecks checks;

    HttpServices(Naming naming, HttpHealthChecks checks) {
        this.naming = naming;
        this.checks = checks;
    }

    CompletableFuture<HttpAnswer> create(HttpCall call) {
        ServiceId service = call.service();
        checkSelector(call);
        ServiceSettings settings = new ServiceSettings(
                call.number("protectThreshold").orElse(0),
                call.metadata().orElse(Map.of()),
                ServiceSettings.NONE.typed());
        return naming.describe(service, ReadLevel.LOCAL).thenCompose(description -> {
            if (exists(description)) {
                throw new HttpRefusal(
                        400,
                        HttpRefusal.SERVICE_EXISTS,
                        "specified service already exists, serviceName: " + Names.grouped(service));
            }
            return HttpAnswer.okAfter(
                    naming.setService(new Change.SetService(service, Optional.of(settings), Precondition.ABSENT)));
        });
    }

    CompletableFuture<HttpAnswer> update(HttpCall call) {
        ServiceId service = call.service();
        checkSelector(call);
        if (call.form() == HttpForm.V1) {
            String unused = call.required("protectThreshold");
        }
        double threshold = call.number("protectThreshold").orElse(0);
        Map<String, String> metadata = call.metadata().orElse(Map.of());
        return existing(call, service)
                .thenCompose(description -> set(
                        description,
                        description
                                .settings()
                                .withProtectionThreshold(threshold)
                                .withMetadata(metadata)));
    }

    CompletableFuture<HttpAnswer> delete(HttpCall call) {
        ServiceId service = call.service();
        return existing(call, service).thenCompose(description -> {
            if (description.tally().instances() > 0) {
                throw new HttpRefusal(
                        400,
                        HttpRefusal.SERVICE_NOT_EMPTY,
                        "Service " + Names.grouped(service)
                                + " is not empty, can't be deleted. Please unregister instance first");
            }
            return HttpAnswer.okAfter(
                    naming.setService(new Change.SetService(service, Optional.empty(), Precondition.NONE)));
        });
    }

    CompletableFuture<HttpAnswer> get(HttpCall call) {
        ServiceId service = call.service();
        return existing(call, service)
                .thenApply(description -> call.form() == HttpForm.V1
                        ? HttpAnswer.json(json -> writeV1(json, service, description))
                        : HttpAnswer.json(json -> writeV2(json, service, description)));
    }

    /** For how all instances are checked; Nacos has this for each cluster, the registry for a service. */
    CompletableFuture<HttpAnswer> setHealthCheck(HttpCall call) {
        ServiceId service = call.service();
        String unused = Names.cluster(call.required("clusterName"));
        boolean ownPort = call.text("useInstancePort4Check", "useInstancePortForCheck")
                .map(Boolean::parseBoolean)
                .orElse(true);
        Optional<Integer> port = ownPort ? Optional.empty() : Optional.of(call.integer("checkPort", 80));
        JsonObject checker = JsonObject.parse(call.required("healthChecker"));
        return existing(call, service)
                .thenCompose(description -> set(description, checks.with(description.settings(), checker, port)));
    }

    private CompletableFuture<HttpAnswer> set(ServiceDescription description, ServiceSettings settings) {
        Precondition unchanged = Precondition.revision(
                description.state().settings().map(Versioned::revision).orElse(0L));
        return HttpAnswer.okAfter(
                naming.setService(new Change.SetService(description.service(), Optional.of(settings), unchanged)));
    }

    /** Fails if nothing is registered or set: v1 says so with 400. */
    CompletableFuture<ServiceDescription> existing(HttpCall call, ServiceId service) {
        return naming.describe(service, ReadLevel.LOCAL).thenApply(description -> {
            if (!exists(description)) {
                throw new HttpRefusal(
                        call.form() == HttpForm.V1 ? 400 : 404,
                        HttpRefusal.SERVICE_MISSING,
                        "service not found, namespace: " + Names.namespace(service) + ", serviceName: "
                                + Names.grouped(service));
            }
            return description;
        });
    }

    static boolean exists(ServiceDescription description) {
        return description.tally().instances() > 0
                || description.state().settings().isPresent();
    }

    /**
     * Selection by labels compares those of the consumer and the provider in a CMDB, which nobody has; Nacos gives all providers then, and
     * so does this. What it would not understand is refused all the same.
     */
    private static void checkSelector(HttpCall call) {
        Optional<String> selector = call.text("selector");
        if (selector.isPresent()) {
            String type = JsonObject.parse(selector.get()).text("type").orElse("");
            if (!HttpCatalog.SELECTOR_TYPES.contains(type)) {
                throw new HttpRefusal(
                        400,
                        HttpRefusal.SELECTOR,
                        "not match any type of selector (expected: " + HttpCatalog.SELECTOR_TYPES + ")");
            }
            if (type.equals("label")) {
                checkLabels(JsonObject.parse(selector.get()).text("expression").orElse(""));
            }
        }
    }

    private static void checkLabels(String expression) {
        if (expression.isBlank()) {
            return;
        }
        for (String term : expression.replaceAll("\\s", "").split("&", -1)) {
            if (!LABEL_TERM.matcher(term).matches()) {
                throw new HttpRefusal(
                        400,
                        HttpRefusal.SELECTOR,
                        "parse expression failed: '" + term
                                + "' (expected: CONSUMER.label.NAME = PROVIDER.label.NAME, more of these after &)");
            }
        }
    }

    private void writeV1(JsonGenerator json, ServiceId service, ServiceDescription description) throws IOException {
        json.writeStartObject();
        json.writeStringField("namespaceId", Names.namespace(service));
        json.writeStringField("groupName", Names.group(service));
        json.writeStringField("name", Names.name(service));
        json.writeNumberField("protectThreshold", description.settings().protectionThreshold());
        HttpJson.metadata(json, description.settings().metadata());
        HttpJson.type(json, "selector", "none");
        json.writeArrayFieldStart("clusters");
        for (String cluster : clusters(naming.present(service))) {
            json.writeStartObject();
            json.writeStringField("name", cluster);
            HttpJson.type(json, "healthChecker", checks.type(description.settings()));
            HttpJson.metadata(json, Map.of());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void writeV2(JsonGenerator json, ServiceId service, ServiceDescription description) throws IOException {
        ServiceView view = naming.present(service);
        json.writeStartObject();
        json.writeStringField("namespace", Names.namespace(service));
        json.writeStringField("namespaceId", Names.namespace(service));
        json.writeStringField("serviceName", Names.name(service));
        json.writeStringField("groupName", Names.group(service));
        json.writeObjectFieldStart("clusterMap");
        for (String cluster : clusters(view)) {
            json.writeObjectFieldStart(cluster);
            json.writeStringField("clusterName", cluster);
            HttpJson.type(json, "healthChecker", checks.type(description.settings()));
            HttpJson.metadata(json, Map.of());
            json.writeEndObject();
        }
        json.writeEndObject();
        HttpJson.metadata(json, description.settings().metadata());
        json.writeNumberField("protectThreshold", description.settings().protectionThreshold());
        HttpJson.type(json, "selector", "none");
        json.writeBooleanField("ephemeral", isEphemeral(view));
        json.writeEndObject();
    }

    /** The kind of its instances; without any, what Nacos makes of a service that is created. */
    private static boolean isEphemeral(ServiceView view) {
        return view.registrations().stream()
                .anyMatch(registration -> registration.instance().durability() == Durability.EPHEMERAL);
    }

    /** Names of the clusters, as Nacos knows them; the default one if there is no instance. */
    static List<String> clusters(ServiceView view) {
        TreeSet<String> clusters = new TreeSet<>();
        view.registrations().forEach(registration -> clusters.add(Names.cluster(registration.key())));
        return clusters.isEmpty() ? List.of(InstanceKey.DEFAULT_CLUSTER) : List.copyOf(clusters);
    }
}
