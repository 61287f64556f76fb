package io.gemel.consistency.wire;

import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Translates between the domain's values and what servers store and send. Equal values give equal bytes. */
public final class InstanceCodec {
    private InstanceCodec() {}

    /** {@code service} as servers write it. */
    public static ServiceName encode(ServiceId service) {
        return ServiceName.newBuilder()
                .setNamespace(service.namespace())
                .setGroup(service.group())
                .setName(service.name())
                .build();
    }

    /** {@code key} as servers write it. */
    public static InstanceAddress encode(InstanceKey key) {
        return InstanceAddress.newBuilder()
                .setIp(key.ip())
                .setPort(key.port())
                .setCluster(key.cluster())
                .build();
    }

    /** {@code instance} as servers write it, without its durability. */
    public static InstanceValue encode(Instance instance) {
        InstanceValue.Builder value = InstanceValue.newBuilder()
                .setAddress(encode(instance.key()))
                .setWeight(instance.weight())
                .setEnabled(instance.enabled())
                .setHealthy(instance.healthy());
        new TreeMap<>(instance.metadata())
                .forEach((name, text) -> value.addMetadata(
                        MetadataEntry.newBuilder().setKey(name).setValue(text)));
        return value.build();
    }

    /** The service that was written. */
    public static ServiceId decode(ServiceName service) {
        return new ServiceId(service.getNamespace(), service.getGroup(), service.getName());
    }

    /** The key that was written. */
    public static InstanceKey decode(InstanceAddress address) {
        return new InstanceKey(address.getIp(), address.getPort(), address.getCluster());
    }

    /** The instance that was written, as one of {@code durability}. */
    public static Instance decode(InstanceValue value, Durability durability) {
        Map<String, String> metadata = new HashMap<>();
        value.getMetadataList().forEach(entry -> metadata.put(entry.getKey(), entry.getValue()));
        return new Instance(
                decode(value.getAddress()),
                value.getWeight(),
                value.getEnabled(),
                value.getHealthy(),
                durability,
                metadata);
    }
}
