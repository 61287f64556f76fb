package io.gemel.transport.grpc;

import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.TypedMetadata;
import io.gemel.naming.ViewDelta;
import io.gemel.transport.grpc.v1.ViewSettings;
import java.util.Optional;

/** Turns what has changed of a view into the message of gemel.v1 and back. Stateless; any thread. */
public final class DeltaCodec {
    private DeltaCodec() {}

    /** The message for {@code delta}. Servers send the bytes of {@link ViewFormat}, which are made once. */
    public static io.gemel.transport.grpc.v1.ViewDelta encode(ViewDelta delta) {
        io.gemel.transport.grpc.v1.ViewDelta.Builder message = io.gemel.transport.grpc.v1.ViewDelta.newBuilder()
                .setService(Codec.encode(delta.service()))
                .setFromRevision(delta.fromRevision())
                .setRevision(delta.revision())
                .setDigest(delta.digest());
        delta.put().forEach(registration -> message.addInstances(Codec.encode(registration)));
        delta.removed().forEach(key -> message.addRemoved(Codec.encode(key)));
        delta.settings().ifPresent(settings -> message.setSettings(encode(settings)));
        return message.build();
    }

    private static ViewSettings encode(ServiceSettings settings) {
        return ViewSettings.newBuilder()
                .setProtectionThreshold(settings.protectionThreshold())
                .putAllMetadata(settings.metadata())
                .build();
    }

    /** The delta that {@code message} holds; throws {@link RegistryException} with {@code BAD_REQUEST} as {@link Codec} does. */
    public static ViewDelta decode(io.gemel.transport.grpc.v1.ViewDelta message) {
        return new ViewDelta(
                Codec.required(message.hasService(), message.getService()),
                Codec.unsignedLong("from_revision", message.getFromRevision()),
                Codec.unsignedLong("revision", message.getRevision()),
                Codec.each("instances", message.getInstancesList(), Codec::registration),
                Codec.each("removed", message.getRemovedList(), Codec::decode),
                message.hasSettings() ? Optional.of(decode(message.getSettings())) : Optional.empty(),
                message.getDigest());
    }

    private static ServiceSettings decode(ViewSettings message) {
        return new ServiceSettings(message.getProtectionThreshold(), message.getMetadataMap(), TypedMetadata.NONE);
    }
}
