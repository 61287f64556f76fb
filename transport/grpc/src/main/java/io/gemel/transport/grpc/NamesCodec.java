package io.gemel.transport.grpc;

import com.google.protobuf.ByteString;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceNames;
import io.gemel.naming.ServicePattern;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.gemel.transport.grpc.v1.ServicesChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns patterns of services, and how their names change, into messages of gemel.v1 and back. Stateless; any thread. */
public final class NamesCodec implements ServiceNames.Format<List<ByteString>> {
    /** The one format of this door: whole messages of a session, made once and shared by all who watch a pattern. */
    static final NamesCodec V1 = new NamesCodec();

    /** Names in one message: some ten KiB as most are, and far below the limit of a message as they could be. */
    private static final int NAMES_MAX = 500;

    private NamesCodec() {}

    /** The message for {@code pattern}. */
    public static io.gemel.transport.grpc.v1.ServicePattern encode(ServicePattern pattern) {
        return io.gemel.transport.grpc.v1.ServicePattern.newBuilder()
                .setNamespace(pattern.namespace())
                .setGroup(pattern.group())
                .setNamePrefix(pattern.namePrefix())
                .build();
    }

    /** The pattern that {@code message} holds; an absent namespace is the default one. */
    public static ServicePattern decode(io.gemel.transport.grpc.v1.ServicePattern message) {
        return new ServicePattern(
                Codec.orElse(message.getNamespace(), ServiceId.DEFAULT_NAMESPACE),
                message.getGroup(),
                message.getNamePrefix());
    }

    @Override
    public List<ByteString> encode(ServiceNames.Change change) {
        return messages(change).stream()
                .map(message ->
                        ServerMessage.newBuilder().setServices(message).build().toByteString())
                .toList();
    }

    /** The messages for {@code change}, in the order in which they are to be sent. */
    public static List<ServicesChange> messages(ServiceNames.Change change) {
        List<ServicesChange> messages = new ArrayList<>();
        int names = change.added().size() + change.removed().size();
        for (int from = 0; from == 0 || from < names; from += NAMES_MAX) {
            ServicesChange.Builder message = ServicesChange.newBuilder()
                    .setPattern(encode(change.pattern()))
                    .setRevision(change.revision())
                    .setPart(messages.size())
                    .setMore(from + NAMES_MAX < names)
                    .setTotal(change.total());
            change.fromRevision().ifPresent(message::setFromRevision);
            for (int at = from; at < Math.min(names, from + NAMES_MAX); at++) {
                if (at < change.added().size()) {
                    message.addAdded(Codec.encode(change.added().get(at)));
                } else {
                    message.addRemoved(Codec.encode(
                            change.removed().get(at - change.added().size())));
                }
            }
            messages.add(message.build());
        }
        return messages;
    }

    /**
     * One message of a change.
     *
     * @param change with the names of this message alone
     * @param number of this part, from 0
     * @param more whether another part follows
     */
    public record Part(ServiceNames.Change change, int number, boolean more) {}

    /** The part that {@code message} holds; throws {@link RegistryException} with {@code BAD_REQUEST} as {@link Codec} does. */
    public static Part decode(ServicesChange message) {
        ServiceNames.Change change = new ServiceNames.Change(
                decode(message.getPattern()),
                message.hasFromRevision()
                        ? Optional.of(Codec.unsignedLong("from_revision", message.getFromRevision()))
                        : Optional.empty(),
                Codec.unsignedLong("revision", message.getRevision()),
                Codec.each("added", message.getAddedList(), Codec::decode),
                Codec.each("removed", message.getRemovedList(), Codec::decode),
                Codec.unsignedInt("total", message.getTotal(), "0..2147483647"));
        return new Part(change, message.getPart(), message.getMore());
    }
}
