package io.gemel.transport.nacos;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.Naming;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Clients over HTTP, for administrators. A client is what publishes an address, {@code ip:port#true} if it is ephemeral and {@code #false}
 * if not, or who is told of changes by datagrams. Each question is answered from what is listed now, at the cost of a walk. Thread-safe.
 */
final class HttpClients {
    private final Naming naming;
    private final UdpPush push;

    HttpClients(Naming naming, UdpPush push) {
        this.naming = naming;
        this.push = push;
    }

    CompletableFuture<HttpAnswer> list(HttpCall call) {
        Set<String> ids = new TreeSet<>();
        for (ServiceId service : naming.known("")) {
            naming.present(service).instances().forEach(instance -> ids.add(id(instance)));
        }
        push.subscribers().forEach(subscriber -> ids.add(id(subscriber)));
        return HttpAnswer.now(HttpAnswer.json(json -> json.writeArray(ids.toArray(String[]::new), 0, ids.size())));
    }

    CompletableFuture<HttpAnswer> get(HttpCall call) {
        String id = existing(call);
        String address = id.substring(0, id.lastIndexOf('#'));
        int colon = address.lastIndexOf(':');
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartObject();
            json.writeStringField("clientId", id);
            json.writeBooleanField("ephemeral", id.endsWith("#true"));
            json.writeStringField("clientType", "ipPort");
            json.writeStringField("clientIp", address.substring(0, colon));
            json.writeStringField("clientPort", address.substring(colon + 1));
            json.writeEndObject();
        }));
    }

    /** What a client publishes. */
    CompletableFuture<HttpAnswer> published(HttpCall call) {
        String id = existing(call);
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartArray();
            for (ServiceId service : naming.known("")) {
                for (Instance instance : naming.present(service).instances()) {
                    if (id(instance).equals(id)) {
                        json.writeStartObject();
                        writeService(json, service);
                        json.writeObjectFieldStart("registeredInstance");
                        json.writeStringField("ip", instance.key().ip());
                        json.writeNumberField("port", instance.key().port());
                        json.writeStringField("cluster", Names.cluster(instance.key()));
                        json.writeEndObject();
                        json.writeEndObject();
                    }
                }
            }
            json.writeEndArray();
        }));
    }

    /** What a client subscribes to. */
    CompletableFuture<HttpAnswer> subscribed(HttpCall call) {
        String id = existing(call);
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartArray();
            for (UdpPush.Subscriber subscriber : push.subscribers()) {
                if (id(subscriber).equals(id)) {
                    json.writeStartObject();
                    writeService(json, subscriber.watch().service());
                    json.writeObjectFieldStart("subscriberInfo");
                    json.writeStringField("app", subscriber.app());
                    json.writeStringField("agent", subscriber.agent());
                    json.writeStringField("addr", address(subscriber));
                    json.writeEndObject();
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
        }));
    }

    CompletableFuture<HttpAnswer> publishers(HttpCall call) {
        ServiceId service = call.service();
        List<Instance> instances = naming.present(service).instances();
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartArray();
            for (Instance instance : instances) {
                writeClient(
                        json, id(instance), instance.key().ip(), instance.key().port());
            }
            json.writeEndArray();
        }));
    }

    CompletableFuture<HttpAnswer> subscribers(HttpCall call) {
        ServiceId service = call.service();
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartArray();
            for (UdpPush.Subscriber subscriber : push.subscribers()) {
                if (subscriber.watch().service().equals(service)) {
                    writeClient(
                            json,
                            id(subscriber),
                            subscriber.watch().client().getAddress().getHostAddress(),
                            subscriber.watch().client().getPort());
                }
            }
            json.writeEndArray();
        }));
    }

    /** A subscriber, as lists of a service's subscribers have it. */
    static void write(JsonGenerator json, UdpPush.Subscriber subscriber) throws IOException {
        ServiceId service = subscriber.watch().service();
        json.writeStartObject();
        json.writeStringField("addrStr", address(subscriber));
        json.writeStringField("agent", subscriber.agent());
        json.writeStringField("app", subscriber.app());
        json.writeStringField("ip", subscriber.watch().client().getAddress().getHostAddress());
        json.writeNumberField("port", subscriber.watch().client().getPort());
        json.writeStringField("namespaceId", Names.namespace(service));
        json.writeStringField("serviceName", Names.grouped(service));
        json.writeStringField("cluster", subscriber.watch().selection().clusters());
        json.writeEndObject();
    }

    private String existing(HttpCall call) {
        String id = call.required("clientId");
        boolean known = push.subscribers().stream()
                        .anyMatch(subscriber -> id(subscriber).equals(id))
                || naming.known("").stream()
                        .flatMap(service -> naming.present(service).instances().stream())
                        .anyMatch(instance -> id(instance).equals(id));
        if (!known) {
            throw HttpRefusal.notFound(HttpRefusal.NOT_FOUND, "clientId [ " + id + " ] not exist");
        }
        return id;
    }

    private static void writeService(JsonGenerator json, ServiceId service) throws IOException {
        json.writeStringField("namespace", Names.namespace(service));
        json.writeStringField("group", Names.group(service));
        json.writeStringField("serviceName", Names.name(service));
    }

    private static void writeClient(JsonGenerator json, String id, String ip, int port) throws IOException {
        json.writeStartObject();
        json.writeStringField("clientId", id);
        json.writeStringField("ip", ip);
        json.writeNumberField("port", port);
        json.writeEndObject();
    }

    private static String id(Instance instance) {
        return instance.key().ip() + ":" + instance.key().port() + "#"
                + (instance.durability() == Durability.EPHEMERAL);
    }

    private static String id(UdpPush.Subscriber subscriber) {
        return address(subscriber) + "#true";
    }

    private static String address(UdpPush.Subscriber subscriber) {
        return subscriber.watch().client().getAddress().getHostAddress() + ":"
                + subscriber.watch().client().getPort();
    }
}
