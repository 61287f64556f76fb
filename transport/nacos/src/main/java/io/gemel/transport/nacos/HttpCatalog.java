package io.gemel.transport.nacos;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Naming;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.ServiceView;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** Lists of services, of their instances and of who subscribes to them, by the page. Sorted. Thread-safe. */
final class HttpCatalog {
    static final List<String> SELECTOR_TYPES = List.of("none", "label");
    private static final int PAGE_MAX_V2 = 500;
    private static final int DEFAULT_PORT = 80;

    private final Naming naming;
    private final HttpHealthChecks checks;
    private final UdpPush push;

    HttpCatalog(Naming naming, HttpHealthChecks checks, UdpPush push) {
        this.naming = naming;
        this.checks = checks;
        this.push = push;
    }

    /** The bare names of a group. */
    CompletableFuture<HttpAnswer> names(HttpCall call) {
        boolean v1 = call.form() == HttpForm.V1;
        if (v1) {
            String unused = call.required("pageNo") + call.required("pageSize");
        } else if (call.integer("pageSize", 20) > PAGE_MAX_V2) {
            throw HttpRefusal.invalid("Param 'pageSize' should not be greater than " + PAGE_MAX_V2);
        }
        String group = call.group();
        List<String> all = naming.known(call.namespace()).stream()
                .filter(service -> service.group().equals(group))
                .map(Names::name)
                .toList();
        HttpPage<String> page = HttpPage.of(call, all, 20);
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartObject();
            json.writeNumberField("count", page.total());
            HttpJson.texts(json, v1 ? "doms" : "services", page.items());
            json.writeEndObject();
        }));
    }

    /** Names of whole namespaces. */
    CompletableFuture<HttpAnswer> allNames(HttpCall call) {
        String expression = call.text("expr").orElse("");
        List<String> all = naming.known(call.namespace()).stream()
                .map(Names::grouped)
                .filter(name -> name.contains(expression))
                .toList();
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("META-INF/services");
            HttpJson.texts(json, call.text("namespaceId").orElse(ServiceId.DEFAULT_NAMESPACE), all);
            json.writeEndObject();
            json.writeNumberField("count", all.size());
            json.writeEndObject();
        }));
    }

    CompletableFuture<HttpAnswer> selectorTypes(HttpCall call) {
        ByteString types =
                Json.bytes(json -> json.writeArray(SELECTOR_TYPES.toArray(String[]::new), 0, SELECTOR_TYPES.size()));
        return HttpAnswer.now(
                new HttpAnswer.Value(call.form() == HttpForm.V1 ? HttpNamespaces.restResult(types) : types));
    }

    /** Who is told of changes, as far as this node tells them by datagrams. */
    CompletableFuture<HttpAnswer> subscribers(HttpCall call) {
        String namespace = call.namespace();
        String name = call.form().grouped() && call.required("serviceName").contains(Names.SEPARATOR)
                ? call.required("serviceName")
                : Names.grouped(call.service());
        List<UdpPush.Subscriber> all = push.subscribers().stream()
                .filter(subscriber -> subscriber.watch().service().namespace().equals(namespace)
                        && Names.grouped(subscriber.watch().service()).contains(name))
                .toList();
        HttpPage<UdpPush.Subscriber> page = HttpPage.of(call, all, 1_000);
        boolean v3 = call.isV3();
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartObject();
            if (v3) {
                page.writeV3(json);
            } else {
                json.writeNumberField("count", page.total());
            }
            json.writeArrayFieldStart(v3 ? "pageItems" : "subscribers");
            for (UdpPush.Subscriber subscriber : page.items()) {
                HttpClients.write(json, subscriber);
            }
            json.writeEndArray();
            json.writeEndObject();
        }));
    }

    /** One service with its clusters. */
    CompletableFuture<HttpAnswer> service(HttpCall call) {
        ServiceId service = call.service();
        return naming.describe(service, ReadLevel.LOCAL).thenApply(description -> {
            if (!HttpServices.exists(description)) {
                throw HttpRefusal.notFound(
                        HttpRefusal.SERVICE_MISSING, "service " + Names.grouped(service) + " is not found!");
            }
            ServiceSettings settings = description.settings();
            return HttpAnswer.json(json -> {
                json.writeStartObject();
                json.writeObjectFieldStart("service");
                json.writeStringField("name", Names.name(service));
                json.writeStringField("groupName", Names.group(service));
                json.writeNumberField("protectThreshold", settings.protectionThreshold());
                HttpJson.type(json, "selector", "none");
                HttpJson.metadata(json, settings.metadata());
                json.writeEndObject();
                json.writeArrayFieldStart("clusters");
                for (String cluster : HttpServices.clusters(naming.present(service))) {
                    writeCluster(json, service, cluster, settings);
                }
                json.writeEndArray();
                json.writeEndObject();
            });
        });
    }

    private void writeCluster(JsonGenerator json, ServiceId service, String cluster, ServiceSettings settings)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("serviceName", Names.grouped(service));
        json.writeStringField("name", cluster);
        HttpJson.type(json, "healthChecker", checks.type(settings));
        json.writeNumberField("defaultPort", DEFAULT_PORT);
        json.writeNumberField("defaultCheckPort", DEFAULT_PORT);
        json.writeBooleanField("useIPPort4Check", true);
        json.writeBooleanField("useIpPort4Check", true);
        HttpJson.metadata(json, Map.of());
        json.writeEndObject();
    }

    /** All instances of a cluster, whatever their state; in v3 of all clusters, unless one is named. */
    CompletableFuture<HttpAnswer> instances(HttpCall call) {
        ServiceId service = call.service();
        boolean v1 = call.form() == HttpForm.V1;
        if (v1) {
            String unused = call.required("clusterName") + call.required("pageNo") + call.required("pageSize");
        }
        boolean anyCluster = call.isV3() && call.text("clusterName").isEmpty();
        String cluster = Names.cluster(call.text("clusterName").orElse(""));
        List<Instance> all = naming.present(service).instances().stream()
                .filter(instance -> anyCluster || instance.key().cluster().equals(cluster))
                .toList();
        if (all.isEmpty() && !(anyCluster && naming.described().contains(service))) {
            throw HttpRefusal.notFound(
                    HttpRefusal.NOT_FOUND,
                    "service or cluster not found: " + Names.grouped(service) + ", cluster: " + cluster);
        }
        HttpPage<Instance> page = HttpPage.of(call, all, 100);
        return HttpAnswer.now(HttpAnswer.json(json -> writeInstances(json, call, service, page)));
    }

    private static void writeInstances(JsonGenerator json, HttpCall call, ServiceId service, HttpPage<Instance> page)
            throws IOException {
        String listed = call.form() == HttpForm.V1 ? "list" : "instances";
        json.writeStartObject();
        if (call.isV3()) {
            page.writeV3(json);
        } else {
            json.writeNumberField("count", page.total());
        }
        json.writeArrayFieldStart(call.isV3() ? "pageItems" : listed);
        for (Instance instance : page.items()) {
            json.writeStartObject();
            NacosInstance.write(json, service, instance);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Services with how many instances they have, or with their instances. */
    CompletableFuture<HttpAnswer> services(HttpCall call) {
        String name = call.text("serviceNameParam").orElse("");
        String group = call.text("groupNameParam").orElse("");
        boolean onlyFilled = call.flag("hasIpCount").orElse(false)
                || call.flag("ignoreEmptyService").orElse(false);
        Predicate<ServiceId> wanted = service -> Names.name(service).contains(name)
                && Names.group(service).contains(group)
                && (!onlyFilled || !naming.present(service).isEmpty());
        List<ServiceId> all =
                naming.known(call.namespace()).stream().filter(wanted).toList();
        boolean v3 = call.isV3();
        HttpPage<ServiceId> page = HttpPage.of(call, all, v3 ? 100 : 20);
        boolean whole = call.flag("withInstances").orElse(!v3);
        return HttpAnswer.now(HttpAnswer.json(json -> {
            if (whole && !v3) {
                writeAll(json, page.items(), true);
                return;
            }
            json.writeStartObject();
            if (v3) {
                page.writeV3(json);
            } else {
                json.writeNumberField("count", page.total());
            }
            json.writeFieldName(v3 ? "pageItems" : "serviceList");
            writeAll(json, page.items(), whole);
            json.writeEndObject();
        }));
    }

    private void writeAll(JsonGenerator json, List<ServiceId> services, boolean whole) throws IOException {
        json.writeStartArray();
        for (ServiceId service : services) {
            ServiceView view = naming.present(service);
            if (whole) {
                writeWhole(json, view);
            } else {
                writeCounts(json, view);
            }
        }
        json.writeEndArray();
    }

    private static void writeCounts(JsonGenerator json, ServiceView view) throws IOException {
        long healthy = view.instances().stream().filter(Instance::healthy).count();
        ServiceView.Tally tally = view.tally();
        json.writeStartObject();
        json.writeStringField("name", Names.name(view.service()));
        json.writeStringField("groupName", Names.group(view.service()));
        json.writeNumberField(
                "clusterCount", view.isEmpty() ? 0 : HttpServices.clusters(view).size());
        json.writeNumberField("ipCount", tally.instances());
        json.writeNumberField("healthyInstanceCount", healthy);
        json.writeStringField("triggerFlag", Boolean.toString(view.protectionReached()));
        json.writeEndObject();
    }

    private static void writeWhole(JsonGenerator json, ServiceView view) throws IOException {
        json.writeStartObject();
        json.writeStringField("serviceName", Names.name(view.service()));
        json.writeStringField("groupName", Names.group(view.service()));
        HttpJson.metadata(json, view.metadata());
        json.writeObjectFieldStart("clusterMap");
        for (String cluster : HttpServices.clusters(view)) {
            json.writeObjectFieldStart(cluster);
            json.writeArrayFieldStart("hosts");
            for (Instance instance : view.instances()) {
                if (Names.cluster(instance.key()).equals(cluster)) {
                    writeHost(json, instance);
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeHost(JsonGenerator json, Instance instance) throws IOException {
        InstanceKey key = instance.key();
        json.writeStartObject();
        json.writeStringField("ip", key.ip());
        json.writeNumberField("port", key.port());
        json.writeBooleanField("valid", instance.healthy());
        json.writeBooleanField("healthy", instance.healthy());
        json.writeBooleanField("enabled", instance.enabled());
        json.writeNumberField("weight", instance.weight());
        HttpJson.metadata(json, instance.metadata());
        json.writeEndObject();
    }
}
