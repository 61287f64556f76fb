package io.gemel.transport.grpc;

import com.google.errorprone.annotations.FormatMethod;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServicePage;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.ServiceView;
import io.gemel.naming.SharedText;
import io.gemel.naming.TypedMetadata;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.DeregisterRequest;
import io.gemel.transport.grpc.v1.FindRequest;
import io.gemel.transport.grpc.v1.ListServicesResponse;
import io.gemel.transport.grpc.v1.RegisterRequest;
import io.gemel.transport.grpc.v1.Unwatch;
import io.gemel.transport.grpc.v1.Watch;
import io.gemel.transport.grpc.v1.WriteResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Turns the registry's values into messages of gemel.v1 and back. Stateless; any thread.
 *
 * <p>Decoding fills in the defaults of absent fields and leaves all checks to the values' own constructors, so that a
 * limit stands in one place. What cannot be a value at all (a required message that is missing, an unsigned number
 * beyond Java's range) is refused here. Every {@code decode} method throws {@link RegistryException} with
 * {@code BAD_REQUEST}, naming the field, what it held and what was expected; in a list, also at which position.
 */
public final class Codec {
    /** Leaves room for the message of a session that a request travels in. */
    private static final int REQUEST_BYTES_MAX = DoorServer.MESSAGE_BYTES_MAX - 1_024;

    private Codec() {}

    /** The message for {@code service}, complete: no field is left to its default. */
    public static io.gemel.transport.grpc.v1.ServiceId encode(ServiceId service) {
        return io.gemel.transport.grpc.v1.ServiceId.newBuilder()
                .setNamespace(service.namespace())
                .setGroup(service.group())
                .setName(service.name())
                .build();
    }

    /** The service that {@code message} names; an absent namespace or group is the default one. */
    public static ServiceId decode(io.gemel.transport.grpc.v1.ServiceId message) {
        return new ServiceId(
                orElse(message.getNamespace(), ServiceId.DEFAULT_NAMESPACE),
                orElse(message.getGroup(), ServiceId.DEFAULT_GROUP),
                message.getName());
    }

    /** The message for {@code key}. */
    public static io.gemel.transport.grpc.v1.InstanceKey encode(InstanceKey key) {
        io.gemel.transport.grpc.v1.InstanceKey.Builder message = io.gemel.transport.grpc.v1.InstanceKey.newBuilder()
                .setIp(key.ip())
                .setPort(key.port());
        if (!key.cluster().equals(InstanceKey.DEFAULT_CLUSTER)) {
            message.setCluster(key.cluster());
        }
        return message.build();
    }

    /** The key that {@code message} holds; an absent cluster is the default one. */
    public static InstanceKey decode(io.gemel.transport.grpc.v1.InstanceKey message) {
        return new InstanceKey(
                message.getIp(),
                unsignedInt("port", message.getPort(), "1..65535"),
                orElse(message.getCluster(), InstanceKey.DEFAULT_CLUSTER));
    }

    /** The message for {@code instance}, without a revision: that is the server's to give. */
    public static io.gemel.transport.grpc.v1.Instance encode(Instance instance) {
        return builder(instance).build();
    }

    /** The message for {@code registration}: its instance with what only the server knows. */
    public static io.gemel.transport.grpc.v1.Instance encode(Registration registration) {
        return builder(registration.instance())
                .setRevision(registration.revision())
                .setOverridden(registration.overridden())
                .setSuspect(registration.suspect())
                .setUnselected(registration.unselected())
                .build();
    }

    /** The instance that {@code message} holds; absent are weight 1, enabled and healthy. Its revision is ignored. */
    public static Instance decode(io.gemel.transport.grpc.v1.Instance message) {
        if (!message.hasKey()) {
            throw refuse("key: absent (expected: ip and port of the instance)");
        }
        return new Instance(
                decode(message.getKey()),
                message.hasWeight() ? message.getWeight() : 1,
                !message.hasEnabled() || message.getEnabled(),
                !message.hasHealthy() || message.getHealthy(),
                message.getPersistent() ? Durability.PERSISTENT : Durability.EPHEMERAL,
                SharedText.of(message.getMetadataMap()));
    }

    /** The message for {@code view}. Servers send the bytes of {@link ViewFormat} instead, which are made once. */
    public static io.gemel.transport.grpc.v1.ServiceView encode(ServiceView view) {
        io.gemel.transport.grpc.v1.ServiceView.Builder message = io.gemel.transport.grpc.v1.ServiceView.newBuilder()
                .setService(encode(view.service()))
                .setRevision(view.revision())
                .setProtectionThreshold(view.protectionThreshold())
                .setProtectionReached(view.protectionReached())
                .putAllMetadata(view.metadata());
        for (Registration registration : view.registrations()) {
            message.addInstances(encode(registration));
        }
        return message.build();
    }

    /** The view that {@code message} holds, its instances in the order of the message. */
    public static ServiceView decode(io.gemel.transport.grpc.v1.ServiceView message) {
        ServiceId service = required(message.hasService(), message.getService());
        return new ServiceView(
                service,
                unsignedLong("revision", message.getRevision()),
                each("instances", message.getInstancesList(), Codec::registration),
                new ServiceSettings(message.getProtectionThreshold(), message.getMetadataMap(), TypedMetadata.NONE));
    }

    static Registration registration(io.gemel.transport.grpc.v1.Instance message) {
        return new Registration(
                decode(message),
                unsignedLong("revision", message.getRevision()),
                message.getOverridden(),
                message.getSuspect(),
                message.getUnselected());
    }

    /** The request that registers {@code instances}, unary or on a session. Refused if it is too large to be sent. */
    public static RegisterRequest registerRequest(ServiceId service, List<Instance> instances) {
        return registerRequest(service, instances, Precondition.NONE);
    }

    /** The request that registers {@code instances} if {@code precondition} holds. Refused if it is too large to be sent. */
    public static RegisterRequest registerRequest(
            ServiceId service, List<Instance> instances, Precondition precondition) {
        RegisterRequest.Builder builder = RegisterRequest.newBuilder().setService(encode(service));
        instances.forEach(instance -> builder.addInstances(encode(instance)));
        precondition.revision().ifPresent(builder::setIfRevision);
        RegisterRequest message = builder.build();
        // On a stream gRPC would cut the connection for this, and the client would send it again on the next one.
        if (message.getSerializedSize() > REQUEST_BYTES_MAX) {
            throw refuse(
                    "instances: %d bytes (expected: at most %d in one request; register fewer at a time)",
                    message.getSerializedSize(), REQUEST_BYTES_MAX);
        }
        return message;
    }

    /** The request that deregisters {@code keys}, unary or on a session. */
    public static DeregisterRequest deregisterRequest(ServiceId service, List<InstanceKey> keys) {
        return deregisterRequest(service, keys, Precondition.NONE);
    }

    /** The request that deregisters {@code keys} if {@code precondition} holds. */
    public static DeregisterRequest deregisterRequest(
            ServiceId service, List<InstanceKey> keys, Precondition precondition) {
        DeregisterRequest.Builder message = DeregisterRequest.newBuilder().setService(encode(service));
        keys.forEach(key -> message.addKeys(encode(key)));
        precondition.revision().ifPresent(message::setIfRevision);
        return message.build();
    }

    /** The request that reads {@code service} as fresh as {@code level} asks. */
    public static FindRequest findRequest(ServiceId service, ReadLevel level) {
        return FindRequest.newBuilder()
                .setService(encode(service))
                .setLinearizable(level.linearizable())
                .setMinRevision(level.minRevision())
                .build();
    }

    /** The acknowledgement that {@code message} holds. */
    public static Written decode(WriteResponse message) {
        return new Written(unsignedLong("revision", message.getRevision()));
    }

    /** The message for {@code page}. */
    public static ListServicesResponse encode(ServicePage page) {
        ListServicesResponse.Builder message = ListServicesResponse.newBuilder().setMore(page.more());
        page.services().forEach(service -> message.addServices(encode(service)));
        return message.build();
    }

    /** The page that {@code message} holds. */
    public static ServicePage decode(ListServicesResponse message) {
        return new ServicePage(each("services", message.getServicesList(), Codec::decode), message.getMore());
    }

    /** The message that acknowledges {@code written}. */
    static WriteResponse encode(Written written) {
        return WriteResponse.newBuilder().setRevision(written.revision()).build();
    }

    static ServiceId service(RegisterRequest message) {
        return required(message.hasService(), message.getService());
    }

    static ServiceId service(DeregisterRequest message) {
        return required(message.hasService(), message.getService());
    }

    static ServiceId service(FindRequest message) {
        return required(message.hasService(), message.getService());
    }

    static ServiceId service(Watch message) {
        return required(message.hasService(), message.getService());
    }

    static ServiceId service(Unwatch message) {
        return required(message.hasService(), message.getService());
    }

    static List<Instance> instances(RegisterRequest message) {
        return each("instances", message.getInstancesList(), Codec::decode);
    }

    static List<InstanceKey> keys(DeregisterRequest message) {
        return each("keys", message.getKeysList(), Codec::decode);
    }

    static Precondition precondition(RegisterRequest message) {
        return precondition(message.hasIfRevision(), message.getIfRevision());
    }

    static Precondition precondition(DeregisterRequest message) {
        return precondition(message.hasIfRevision(), message.getIfRevision());
    }

    static Precondition precondition(boolean present, long revision) {
        return present ? Precondition.revision(unsignedLong("if_revision", revision)) : Precondition.NONE;
    }

    static ReadLevel readLevel(FindRequest message) {
        return new ReadLevel(message.getLinearizable(), unsignedLong("min_revision", message.getMinRevision()));
    }

    static int unsignedInt(String field, int value, String expected) {
        if (value < 0) {
            throw refuse("%s: %s (expected: %s)", field, Integer.toUnsignedString(value), expected);
        }
        return value;
    }

    /** The requests in {@code message}: it alone, or those of its batch. */
    static List<ClientMessage> requests(ClientMessage message, int batchMax) {
        if (!message.hasBatch()) {
            return List.of(message);
        }
        List<ClientMessage> batch = message.getBatch().getMessagesList();
        if (batch.size() > batchMax) {
            throw refuse("batch: %d requests (expected: at most %d)", batch.size(), batchMax);
        }
        return batch;
    }

    static long unsignedLong(String field, long value) {
        if (value < 0) {
            throw refuse("%s: %s (expected: 0..%d)", field, Long.toUnsignedString(value), Long.MAX_VALUE);
        }
        return value;
    }

    @FormatMethod
    static RegistryException refuse(String message, Object... args) {
        return new RegistryException(RegistryException.Code.BAD_REQUEST, message.formatted(args));
    }

    static String orElse(String value, String whenEmpty) {
        return value.isEmpty() ? whenEmpty : SharedText.of(value);
    }

    static ServiceId required(boolean present, io.gemel.transport.grpc.v1.ServiceId message) {
        if (!present) {
            throw refuse("service: absent (expected: at least its name)");
        }
        return decode(message);
    }

    private static io.gemel.transport.grpc.v1.Instance.Builder builder(Instance instance) {
        io.gemel.transport.grpc.v1.Instance.Builder message = io.gemel.transport.grpc.v1.Instance.newBuilder()
                .setKey(encode(instance.key()))
                .setPersistent(instance.durability() == Durability.PERSISTENT)
                .putAllMetadata(instance.metadata());
        // Defaults stay off the wire: most instances have them, and a view may list thousands.
        if (instance.weight() != 1) {
            message.setWeight(instance.weight());
        }
        if (!instance.enabled()) {
            message.setEnabled(false);
        }
        if (!instance.healthy()) {
            message.setHealthy(false);
        }
        return message;
    }

    static <M, V> List<V> each(String field, List<M> messages, Function<M, V> decode) {
        List<V> values = new ArrayList<>(messages.size());
        for (M message : messages) {
            try {
                values.add(decode.apply(message));
            } catch (RegistryException refusal) {
                throw new RegistryException(
                        refusal.code(), "%s[%d].%s".formatted(field, values.size(), refusal.getMessage()), refusal);
            }
        }
        return values;
    }
}
