package io.gemel.transport.nacos;

import static java.util.Objects.requireNonNull;

import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what is registered in another registry through Nacos's HTTP API, for tools that move or compare registries: v1 as Nacos 1.x and 2.x serve it, or,
 * where that answers that it is switched off or not there, the v3 admin API. Each call blocks and asks the servers in turn until one answers.
 * Not thread-safe.
 */
public final class NacosRegistry {
    private static final int PAGE = 500;

    private final NacosHttp http;
    private Optional<Api> known = Optional.empty();

    private NacosRegistry(NacosHttp http) {
        this.http = http;
    }

    /** How to read it; asks nothing yet. */
    public static NacosRegistry of(Access access) {
        return new NacosRegistry(new NacosHttp(access));
    }

    /**
     * A service there.
     *
     * @param instances all of it, also disabled ones, as they are there
     * @param unreadable what this registry would refuse, each with the reason
     */
    public record Listed(
            ServiceId service,
            double protectionThreshold,
            Map<String, String> metadata,
            List<Instance> instances,
            List<String> unreadable) {
        /** Copies what it is given. */
        public Listed {
            metadata = Map.copyOf(metadata);
            instances = List.copyOf(instances);
            unreadable = List.copyOf(unreadable);
        }
    }

    /**
     * The services of a namespace.
     *
     * @param services in the order of the server
     * @param unreadable those whose names this registry would refuse, each with the reason
     */
    public record Catalog(Set<ServiceId> services, List<String> unreadable) {}

    /** Which HTTP API the servers speak. */
    private enum Api {
        V1,
        V3
    }

    /**
     * The services of a namespace, with or without instances.
     *
     * @throws IOException if no server answers, or answers with something else than was asked for; it says which and what
     */
    public Catalog services(String namespace) throws IOException {
        return understood("services of " + namespace, () -> catalog(namespace));
    }

    private Catalog catalog(String namespace) throws IOException {
        Set<ServiceId> all = new LinkedHashSet<>();
        List<String> unreadable = new ArrayList<>();
        for (JsonObject item : pages("services of " + namespace, List.of("groupName", "name"), page -> {
            JsonObject answer = servicesPage(namespace, page);
            return answer.objects(known.orElseThrow() == Api.V1 ? "serviceList" : "pageItems");
        })) {
            String group = item.text("groupName").orElse("");
            String name = item.text("name").orElse("");
            try {
                all.add(Names.service(namespace, group, name));
            } catch (RegistryException refusal) {
                unreadable.add("%s %s: %s".formatted(group, name, requireNonNull(refusal.getMessage())));
            }
        }
        return new Catalog(all, unreadable);
    }

    /** Reads what a server has answered. */
    @FunctionalInterface
    private interface Reading<T> {
        T read() throws IOException;
    }

    /** Fields of other types than were asked for are the other registry's fault, not that of whoever asks it. */
    private static <T> T understood(String what, Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (RegistryException broken) {
            throw new IOException(what + ": the answer is none: " + broken.getMessage(), broken);
        }
    }

    /** Asks for a page by its number, which counts from 1. */
    @FunctionalInterface
    private interface Page {
        List<JsonObject> items(int number) throws IOException;
    }

    /**
     * The items of all pages. A server that answers with the same page whatever its number is told from a long list by that: a full page without
     * anything that was not there before.
     *
     * @param what is listed, for who has to look after that server
     * @param name the fields that tell one item from another
     */
    private static List<JsonObject> pages(String what, List<String> name, Page page) throws IOException {
        List<JsonObject> all = new ArrayList<>();
        Set<List<String>> met = new HashSet<>();
        for (int number = 1; ; number++) {
            List<JsonObject> items = page.items(number);
            boolean goesOn = false;
            for (JsonObject item : items) {
                goesOn |= met.add(name.stream().map(field -> shown(item, field)).toList());
            }
            all.addAll(items);
            if (items.size() < PAGE) {
                return all;
            }
            if (!goesOn) {
                throw new IOException(("%s: page %d has nothing that was not on a page before it"
                                + " (expected: what is left of the list; does the server, or a proxy before it, pass over pageNo?)")
                        .formatted(what, number));
            }
        }
    }

    private JsonObject servicesPage(String namespace, int page) throws IOException {
        Map<String, String> parameters = Map.of(
                "namespaceId",
                namespace,
                "pageNo",
                Integer.toString(page),
                "pageSize",
                Integer.toString(PAGE),
                "withInstances",
                "false",
                "hasIpCount",
                "false",
                "ignoreEmptyService",
                "false");
        if (known.isEmpty()) {
            Optional<JsonObject> old = http.tried("/v1/ns/catalog/services", parameters);
            known = Optional.of(old.isPresent() ? Api.V1 : Api.V3);
            if (old.isPresent()) {
                return old.get();
            }
        }
        return switch (known.get()) {
            case V1 -> http.get("/v1/ns/catalog/services", parameters);
            case V3 -> data(http.get("/v3/admin/ns/service/list", parameters));
        };
    }

    /**
     * What is registered and set there for {@code service}; empty if nothing is.
     *
     * @throws IOException as {@link #services} does
     * @throws IllegalStateException before the services were listed once
     */
    public Optional<Listed> find(ServiceId service) throws IOException {
        Api api = known.orElseThrow(() -> new IllegalStateException("services() tells which API there is"));
        return understood(Names.grouped(service), () -> switch (api) {
            case V1 -> findV1(service);
            case V3 -> findV3(service);
        });
    }

    private Optional<Listed> findV1(ServiceId service) throws IOException {
        Map<String, String> name =
                Map.of("namespaceId", Names.namespace(service), "serviceName", Names.grouped(service));
        Optional<JsonObject> found = http.find("/v1/ns/catalog/service", name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        List<JsonObject> instances = new ArrayList<>();
        for (JsonObject cluster : found.get().objects("clusters")) {
            instances.addAll(clusterV1(name, cluster.text("name").orElse("")));
        }
        return Optional.of(listed(service, found.get().object("service").orElse(JsonObject.EMPTY), instances));
    }

    private List<JsonObject> clusterV1(Map<String, String> name, String cluster) throws IOException {
        String what = "instances of " + name.get("serviceName") + " in cluster " + cluster;
        return pages(what, List.of("ip", "port"), page -> {
            Map<String, String> parameters = new HashMap<>(name);
            parameters.put("clusterName", cluster);
            parameters.put("pageNo", Integer.toString(page));
            parameters.put("pageSize", Integer.toString(PAGE));
            return http.find("/v1/ns/catalog/instances", parameters)
                    .map(answer -> answer.objects("list"))
                    .orElse(List.of());
        });
    }

    private Optional<Listed> findV3(ServiceId service) throws IOException {
        Map<String, String> name = Map.of(
                "namespaceId", Names.namespace(service),
                "groupName", Names.group(service),
                "serviceName", Names.name(service));
        Optional<JsonObject> found = http.find("/v3/admin/ns/service", name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        List<JsonObject> instances = http.find("/v3/admin/ns/instance/list", name)
                .map(NacosRegistry::hosts)
                .orElse(List.of());
        return Optional.of(listed(service, data(found.get()), instances));
    }

    /** Versions differ in whether they answer with the instances alone or with all of the service. */
    private static List<JsonObject> hosts(JsonObject result) {
        return result.isList("data") ? result.objects("data") : data(result).objects("hosts");
    }

    private static JsonObject data(JsonObject result) {
        return result.object("data").orElse(JsonObject.EMPTY);
    }

    private static Listed listed(ServiceId service, JsonObject settings, List<JsonObject> hosts) {
        List<Instance> instances = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        for (JsonObject host : hosts) {
            try {
                Durability durability = host.flag("ephemeral", true) ? Durability.EPHEMERAL : Durability.PERSISTENT;
                instances.add(NacosInstance.of(host).of(service, durability));
            } catch (RegistryException refusal) {
                unreadable.add("%s:%s: %s"
                        .formatted(shown(host, "ip"), shown(host, "port"), requireNonNull(refusal.getMessage())));
            }
        }
        return new Listed(
                service,
                settings.number("protectThreshold", 0),
                settings.object("metadata").map(JsonObject::allTexts).orElse(Map.of()),
                instances,
                unreadable);
    }

    /** A field's text for who reads it, and to tell one item from another. */
    private static String shown(JsonObject item, String field) {
        try {
            return item.text(field).orElse("?");
        } catch (RegistryException noText) {
            return "?";
        }
    }

    /**
     * Where it is, and as whom to ask.
     *
     * @param servers host:port of each, at least one
     * @param login user and password; empty where none is asked for
     * @param timeout of one request
     */
    public record Access(List<String> servers, Optional<Login> login, Duration timeout) {
        /** Copies the list. */
        public Access {
            servers = List.copyOf(servers);
            if (servers.isEmpty()) {
                throw new IllegalArgumentException("servers: none (expected: at least one host:port)");
            }
        }
    }

    /** A user of the registry that is read. */
    public record Login(String user, String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return "Login[user=" + user + "]";
        }
    }
}
