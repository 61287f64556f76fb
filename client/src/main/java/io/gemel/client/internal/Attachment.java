package io.gemel.client.internal;

import io.gemel.naming.Change;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.Codec;
import io.gemel.transport.grpc.NamesCodec;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.Close;
import io.gemel.transport.grpc.v1.Open;
import io.gemel.transport.grpc.v1.Opened;
import io.gemel.transport.grpc.v1.Replayed;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.gemel.transport.grpc.v1.Unwatch;
import io.gemel.transport.grpc.v1.UnwatchServices;
import io.gemel.transport.grpc.v1.Watch;
import io.gemel.transport.grpc.v1.WatchServices;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session on one connection: opens it there, replays, then carries what is asked for. Confined to the client's loop.
 *
 * <p>The order is what makes a move unnoticeable: first all that is held and all that is waited for, then, once each of these is
 * answered, Replayed, and once that is answered the watches. What is asked for during a replay waits for its end, so that
 * a busy client cannot prolong it.
 */
final class Attachment {
    private static final Logger log = LoggerFactory.getLogger(Attachment.class);
    /** Of what was refused: each client at a time of its own, or all that one server refused would come back at once. */
    private static final Duration RETRY_MIN = Duration.ofMillis(500);

    private static final Duration RETRY_MAX = Duration.ofMillis(1_500);

    private final Connection connection;
    private final ClientLoop loop;
    private final Wishes wishes;
    private final Owner owner;
    private final ArrayDeque<Change.Register> replay = new ArrayDeque<>();
    private final Set<ServiceId> unlisted = new HashSet<>(); // held, and refused for now
    private final List<Operation> leaving = new ArrayList<>(); // removals whose instances the replay leaves out
    private Phase phase = Phase.OPENING;
    private int unanswered; // without pings
    private long answers;
    private ClientLoop.@Nullable Timer limit;

    /** What the client wants any server to know. */
    record Wishes(Holdings holdings, Operations operations, Watches watches, NameWatches names) {}

    /** Who decides what becomes of the session. Called in the loop, never after {@link #end}. */
    interface Owner {
        void opened(Opened granted);

        void openRefused(RegistryException why);

        /** The replay is done. */
        void live();

        /** This connection leads nowhere. */
        void failed(RegistryException why);
    }

    /** How far the session is on this connection. */
    private enum Phase {
        OPENING,
        REPLAYING,
        LIVE,
        ENDED
    }

    Attachment(Connection connection, ClientLoop loop, Wishes wishes, Owner owner) {
        this.connection = connection;
        this.loop = loop;
        this.wishes = wishes;
        this.owner = owner;
    }

    String address() {
        return connection.address();
    }

    boolean live() {
        return phase == Phase.LIVE;
    }

    /**
     * Begins.
     *
     * @param openLimit how long the server has to answer Open
     * @param answerLimit how long it has for the next answer of the replay; it may answer pings and yet no request
     */
    void open(Open request, Duration openLimit, Duration answerLimit) {
        limit = loop.after(openLimit, () -> owner.failed(unavailable("no answer within " + openLimit)));
        send(
                ClientMessage.newBuilder().setOpen(request),
                message -> {
                    owner.opened(message.getOpened());
                    startReplay(answerLimit);
                },
                owner::openRefused);
    }

    /** Says goodbye, and runs {@code then} once the server has answered, or at once if it knows of no session. */
    void close(Runnable then) {
        if (phase == Phase.REPLAYING || phase == Phase.LIVE) {
            stopLimit();
            phase = Phase.ENDED;
            send(ClientMessage.newBuilder().setClose(Close.getDefaultInstance()), message -> then.run(), why -> {
                log.warn("session not closed server={} cause={}", address(), why.getMessage());
                then.run();
            });
        } else {
            then.run();
        }
    }

    /** Leaves without a word. */
    void end() {
        phase = Phase.ENDED;
        stopLimit();
        connection.end();
    }

    /** Sends what there is, as far as the connection takes it. */
    void sendMore() {
        boolean sent = true;
        while (sent && connection.canSend()) {
            sent = switch (phase) {
                case OPENING, ENDED -> false;
                case REPLAYING -> sendHeld() || sendOperation(true) || sendReplayed();
                case LIVE -> sendHeld() || sendOperation(false) || sendWatch() || sendNameWatch();
            };
        }
    }

    private void startReplay(Duration answerLimit) {
        stopLimit();
        phase = Phase.REPLAYING;
        settleUnanswered();
        leaving.addAll(wishes.operations().removals());
        replay.addAll(wishes.holdings().replay(wishes.operations().pending()));
        wishes.operations().restart();
        wishes.watches().restart();
        wishes.names().restart();
        expectAnswer(answerLimit);
    }

    private void expectAnswer(Duration within) {
        long before = answers;
        limit = loop.after(within, () -> {
            if (answers == before) {
                owner.failed(unavailable("no progress with the replay within " + within));
            } else {
                expectAnswer(within);
            }
        });
    }

    private boolean sendHeld() {
        Change.Register held = replay.poll();
        if (held == null) {
            return false;
        }
        send(Operation.request(held), message -> {}, why -> heldRefused(held, why));
        return true;
    }

    private void heldRefused(Change.Register held, RegistryException why) {
        if (meansAnotherServer(why)) {
            owner.failed(why);
            return;
        }
        log.error(
                "replay refused, instances are not listed service={} count={} cause={}",
                held.service(),
                held.instances().size(),
                why.getMessage());
        if (why.code() == Code.OVERLOADED || why.code() == Code.UNKNOWN_OUTCOME) {
            replayLater(held.service());
        }
    }

    private void replayLater(ServiceId service) {
        if (unlisted.isEmpty()) {
            replayUnlistedLater();
        }
        unlisted.add(service);
    }

    /** What was asked of an earlier connection is not answered any more. What it may have removed is not put back. */
    private void settleUnanswered() {
        for (Operation operation : wishes.operations().giveUpUnanswered()) {
            if (operation.change() instanceof Change.Deregister) {
                wishes.holdings().acknowledged(operation.number(), operation.change());
            }
        }
    }

    /** What the replay left out, because it was about to be removed and then was not, is on no server any more, and still held. */
    private void putBackWhatStays() {
        for (Operation operation : leaving) {
            if (operation.change() instanceof Change.Deregister removal
                    && operation.result().isCompletedExceptionally()) {
                replayLater(removal.service());
            }
        }
        leaving.clear();
    }

    /** Not while operations are under way: what is held would overtake what they change. */
    private void replayUnlistedLater() {
        var unused = loop.after(loop.scattered(RETRY_MIN, RETRY_MAX), () -> {
            if (phase == Phase.LIVE && wishes.operations().idle()) {
                Set<ServiceId> services = Set.copyOf(unlisted);
                unlisted.clear();
                wishes.holdings().replay(List.of()).stream()
                        .filter(batch -> services.contains(batch.service()))
                        .forEach(replay::add);
                sendMore();
            } else if (phase != Phase.ENDED) {
                replayUnlistedLater();
            }
        });
    }

    private boolean sendOperation(boolean replaying) {
        Optional<Operation> next = wishes.operations().next(replaying);
        next.ifPresent(operation -> {
            operation.takenAsSent();
            send(operation.request(), message -> acknowledged(operation, message), why -> refused(operation, why));
        });
        return next.isPresent();
    }

    private void acknowledged(Operation operation, ServerMessage message) {
        wishes.operations().heard(operation);
        // Also if it is too late for the caller, who has been told that the outcome is unknown: this is what the server
        // has.
        wishes.holdings().acknowledged(operation.number(), operation.change());
        operation.answered(new Written(message.getDone().getRevision()));
        if (phase == Phase.LIVE) {
            wishes.operations().complete(operation);
            wishes.holdings().forgetRemovedBefore(wishes.operations().oldest());
        }
    }

    private void refused(Operation operation, RegistryException why) {
        if (meansAnotherServer(why)) {
            owner.failed(why); // it goes along to the next one
        } else {
            wishes.operations().heard(operation);
            wishes.operations().fail(operation, why);
        }
    }

    private boolean sendReplayed() {
        if (unanswered > 0) {
            return false;
        }
        send(
                ClientMessage.newBuilder().setReplayed(Replayed.getDefaultInstance()),
                message -> {
                    stopLimit();
                    phase = Phase.LIVE;
                    owner.live();
                    wishes.operations().replayed();
                    settleUnanswered(); // such as was overdue before its turn came
                    putBackWhatStays();
                },
                owner::failed);
        return false;
    }

    private boolean sendWatch() {
        Optional<Watches.Step> next = wishes.watches().next();
        next.ifPresent(step -> {
            var service = Codec.encode(step.service());
            ClientMessage.Builder message = step.watch()
                    ? ClientMessage.newBuilder()
                            .setWatch(Watch.newBuilder().setService(service).setDeltas(true))
                    : ClientMessage.newBuilder().setUnwatch(Unwatch.newBuilder().setService(service));
            Runnable again = () -> wishes.watches().again(step.service());
            send(message, done -> {}, why -> watchRefused(step.service(), why, step.watch() ? again : () -> {}));
        });
        return next.isPresent();
    }

    private boolean sendNameWatch() {
        Optional<NameWatches.Step> next = wishes.names().next();
        next.ifPresent(step -> {
            var pattern = NamesCodec.encode(step.pattern());
            ClientMessage.Builder message = step.watch()
                    ? ClientMessage.newBuilder()
                            .setWatchServices(WatchServices.newBuilder().setPattern(pattern))
                    : ClientMessage.newBuilder()
                            .setUnwatchServices(UnwatchServices.newBuilder().setPattern(pattern));
            Runnable again = () -> wishes.names().again(step.pattern());
            send(message, done -> {}, why -> watchRefused(step.pattern(), why, step.watch() ? again : () -> {}));
        });
        return next.isPresent();
    }

    private void watchRefused(Record what, RegistryException why, Runnable again) {
        if (meansAnotherServer(why)) {
            owner.failed(why);
            return;
        }
        log.warn("watch refused of={} cause={}", what, why.getMessage());
        var unused = loop.after(loop.scattered(RETRY_MIN, RETRY_MAX), () -> {
            if (phase == Phase.LIVE) {
                again.run();
                sendMore();
            }
        });
    }

    private void send(
            ClientMessage.Builder message, Consumer<ServerMessage> done, Consumer<RegistryException> refused) {
        unanswered++;
        connection.send(message, new Connection.Answer() {
            @Override
            public void answered(ServerMessage answer) {
                heard(() -> done.accept(answer));
            }

            @Override
            public void refused(RegistryException why) {
                heard(() -> refused.accept(why));
            }
        });
    }

    private void heard(Runnable then) {
        unanswered--;
        answers++;
        then.run();
        sendMore();
    }

    private void stopLimit() {
        if (limit != null) {
            limit.cancel();
        }
    }

    /** Whether a request that was refused like this may well succeed elsewhere, or on a new connection. */
    private static boolean meansAnotherServer(RegistryException why) {
        return switch (why.code()) {
            case NO_SESSION, UNKNOWN_SESSION, SESSION_MOVED, NOT_READY, NO_LEADER, SHUTTING_DOWN, UNAVAILABLE -> true;
            case BAD_REQUEST,
                    NOT_FOUND,
                    DURABILITY_CONFLICT,
                    REVISION_CONFLICT,
                    MEMBERSHIP_REFUSED,
                    NOT_EMPTY,
                    DISK_LOW,
                    OVERLOADED,
                    UNKNOWN_OUTCOME -> false;
        };
    }

    private static RegistryException unavailable(String message) {
        return new RegistryException(Code.UNAVAILABLE, message);
    }
}
