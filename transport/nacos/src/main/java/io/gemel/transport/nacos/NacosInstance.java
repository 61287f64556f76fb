package io.gemel.transport.nacos;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * An instance as a Nacos client describes it.
 *
 * <p>Each of its parts has one in the registry, but the id that a client may give it: one that is not what Nacos would make up
 * itself is kept as the metadata entry {@value #ID_KEY}, and told as id instead of as metadata. Entries that begin with
 * {@code preserved.} are metadata like all others.
 *
 * @param cluster empty for the default
 * @param id empty for the usual one
 */
record NacosInstance(
        String ip,
        int port,
        String cluster,
        double weight,
        boolean healthy,
        boolean enabled,
        String id,
        Map<String, String> metadata) {
    /** The metadata entry that holds the id a client gave. */
    static final String ID_KEY = "nacos.instanceId";

    private static final int PORT_MAX = 65_535;
    private static final int IP_LENGTH_MAX = 128;

    /** Reads the JSON object {@code instance} of a request; throws {@link RegistryException} with {@code BAD_REQUEST} for a part of a wrong type. */
    static NacosInstance of(JsonObject instance) {
        return new NacosInstance(
                instance.text("ip").orElse(""),
                instance.integer("port", 0),
                instance.text("clusterName").orElse(""),
                instance.number("weight", 1),
                instance.flag("healthy", true),
                instance.flag("enabled", true),
                instance.text("instanceId").orElse(""),
                instance.object("metadata").map(JsonObject::allTexts).orElse(Map.of()));
    }

    /** What it is in the registry; throws {@link RegistryException} with {@code BAD_REQUEST} for what neither Nacos nor the registry takes. */
    Instance of(ServiceId service, Durability durability) {
        InstanceKey key = key();
        Map<String, String> all = metadata;
        if (!id.isEmpty() && !id.equals(usualId(service, key))) {
            all = new HashMap<>(metadata);
            all.put(ID_KEY, id);
        }
        return new Instance(key, weight, enabled, healthy, durability, all);
    }

    /** What identifies it within its service; throws as {@link #of(ServiceId, Durability)} does. */
    InstanceKey key() {
        if (ip.isBlank()) {
            throw Names.illegal("ip", "it should not be blank");
        }
        if (ip.length() > IP_LENGTH_MAX) {
            throw Names.tooLong("ip", IP_LENGTH_MAX);
        }
        if (port < 0 || port > PORT_MAX) {
            throw Names.illegal("port", "the value should be between 0 and " + PORT_MAX);
        }
        return new InstanceKey(ip, port, Names.cluster(cluster));
    }

    /** The id of a registered instance, as Nacos clients are told. */
    static String id(ServiceId service, Instance instance) {
        String given = instance.metadata().get(ID_KEY);
        return given == null ? usualId(service, instance.key()) : given;
    }

    private static String usualId(ServiceId service, InstanceKey key) {
        return key.ip() + "#" + key.port() + "#" + Names.cluster(key) + "#" + Names.grouped(service);
    }

    /** Writes the fields of a registered instance within an object; {@code healthy} first, which {@link ViewJson} counts on. */
    static void write(JsonGenerator json, ServiceId service, Instance instance) throws IOException {
        json.writeBooleanField("healthy", instance.healthy());
        json.writeStringField("instanceId", id(service, instance));
        json.writeStringField("ip", instance.key().ip());
        json.writeNumberField("port", instance.key().port());
        json.writeNumberField("weight", instance.weight());
        json.writeBooleanField("enabled", instance.enabled());
        json.writeBooleanField("ephemeral", instance.durability() == Durability.EPHEMERAL);
        json.writeStringField("clusterName", Names.cluster(instance.key()));
        json.writeStringField("serviceName", Names.grouped(service));
        json.writeObjectFieldStart("metadata");
        for (Map.Entry<String, String> entry : instance.metadata().entrySet()) {
            if (!entry.getKey().equals(ID_KEY)) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
        }
        json.writeEndObject();
    }
}
