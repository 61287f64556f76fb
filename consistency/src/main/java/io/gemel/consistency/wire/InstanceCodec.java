package io.gemel.consistency.wire;

import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import io.gemel.naming.SharedText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Translates between the domain's values and what servers store and send. Equal values give equal bytes.
 */
public final class InstanceCodec {
    private static final Comparator<MetadataEntry> BY_KEY = Comparator.comparing(MetadataEntry::getKey);

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
        value.addAllMetadata(encode(instance.metadata()));
        return value.build();
    }

    /** {@code metadata} as servers write it, sorted. */
    public static List<MetadataEntry> encode(Map<String, String> metadata) {
        List<MetadataEntry> entries = new ArrayList<>(metadata.size());
        metadata.forEach((name, text) -> entries.add(
                MetadataEntry.newBuilder().setKey(name).setValue(text).build()));
        entries.sort(BY_KEY);
        return entries;
    }

    /** The service that was written. */
    public static ServiceId decode(ServiceName service) {
        return new ServiceId(
                SharedText.of(service.getNamespace()), SharedText.of(service.getGroup()), service.getName());
    }

    /** The key that was written. */
    public static InstanceKey decode(InstanceAddress address) {
        return new InstanceKey(address.getIp(), address.getPort(), SharedText.of(address.getCluster()));
    }

    /** The instance that was written, as one of {@code durability}. */
    public static Instance decode(InstanceValue value, Durability durability) {
        return decode(value, decode(value.getAddress()), durability);
    }

    /** The same, where {@code key} is read already. */
    public static Instance decode(InstanceValue value, InstanceKey key, Durability durability) {
        return new Instance(
                key,
                value.getWeight(),
                value.getEnabled(),
                value.getHealthy(),
                durability,
                decode(value.getMetadataList()));
    }

    /** The metadata that was written. */
    public static Map<String, String> decode(List<MetadataEntry> entries) {
        Map<String, String> metadata = new HashMap<>();
        entries.forEach(entry -> metadata.put(SharedText.of(entry.getKey()), SharedText.of(entry.getValue())));
        return metadata;
    }
}
