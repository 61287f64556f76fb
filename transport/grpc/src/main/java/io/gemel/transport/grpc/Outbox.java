package io.gemel.transport.grpc;

import io.gemel.naming.Loop;
import io.gemel.naming.PushSink;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceNames;
import io.gemel.naming.ServicePattern;
import io.gemel.naming.ServiceView;
import io.gemel.transport.grpc.v1.Draining;
import io.gemel.transport.grpc.v1.Members;
import io.gemel.transport.grpc.v1.ServerBatch;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one client is sent. Any thread; one lock, held while messages are handed to gRPC, makes the senders take turns.
 *
 * <p>Answers wait for nobody but each other ({@link Together}): {@link SessionStream} reads no more requests than it may have answers
 * waiting. A client that takes batches gets those that leave together in one message. All else is
 * state and not events (I7): of each watched service the newest view waits until the client has read what came before, of
 * each pattern the newest names ({@link NamesOutbox}), the member list as it is by then, and whether to move. So a client that
 * does not read costs this much and harms nobody.
 *
 * <p>Who watches with deltas is sent the way from the view that it was sent last, which is why that one is remembered. Those that were sent
 * the same share the bytes; the slow have a longer way of their own.
 */
final class Outbox implements PushSink {
    private final ServerCall<?, InputStream> call;
    private final Supplier<List<String>> memberAddresses;
    private final int watchesMax;
    private final Map<ServiceId, Watched> watched = new HashMap<>();
    private final Map<ServiceId, ServiceView> unsent = new LinkedHashMap<>();
    private final NamesOutbox names = new NamesOutbox();
    private final List<ServerMessage> answers = new ArrayList<>();
    private final Together together;
    private boolean batches;
    private int timesBlocked;
    private boolean membersUnsent;
    private boolean drainingUnsent;
    private boolean opened;
    private boolean closed;

    /** What this client knows of a service. */
    private static final class Watched {
        boolean deltas;

        @Nullable
        ServiceView sent;
    }

    /**
     * Sends nothing yet.
     *
     * @param loop where most answers come about: those of one turn leave together
     * @param watchesMax how many services a session may watch
     */
    Outbox(ServerCall<?, InputStream> call, Loop loop, Supplier<List<String>> memberAddresses, int watchesMax) {
        this.call = call;
        this.memberAddresses = memberAddresses;
        this.watchesMax = watchesMax;
        this.together = new Together(loop, this::sendAnswers);
    }

    /** Sends an answer, together with what else is answered now. Nothing once the stream is closed. */
    void answer(ServerMessage answer) {
        synchronized (this) {
            if (closed) {
                return;
            }
            answers.add(answer);
        }
        together.waits();
    }

    /** Does {@code work}, then sends what was answered by it. */
    void answerAfter(Runnable work) {
        together.after(work);
    }

    private synchronized void sendAnswers() {
        if (closed || answers.isEmpty()) {
            return;
        }
        if (batches && answers.size() > 1) {
            send(ServerMessage.newBuilder()
                    .setBatch(ServerBatch.newBuilder().addAllMessages(answers))
                    .build());
        } else {
            answers.forEach(this::send);
        }
        answers.clear();
    }

    private void send(ServerMessage message) {
        call.sendMessage(ServerMethods.bytes(message));
    }

    /**
     * Sends the answer to the first request. What is not an answer follows it.
     *
     * @param takesBatches whether the client does
     */
    synchronized void opened(ServerMessage answer, boolean takesBatches) {
        if (closed) {
            return;
        }
        send(answer);
        batches = takesBatches;
        opened = true;
        membersUnsent = true;
        sendWaiting();
    }

    /**
     * Lets views of {@code service} pass, the next one whole, whatever was sent before; throws {@code OVERLOADED} beyond the limit.
     *
     * @param deltas whether what follows may be told by what has changed
     */
    synchronized void watch(ServiceId service, boolean deltas) {
        if (watched.size() >= watchesMax && !watched.containsKey(service)) {
            throw new RegistryException(
                    Code.OVERLOADED, "watch: " + service + " (expected: at most " + watchesMax + " in a session)");
        }
        Watched anew = watched.computeIfAbsent(service, s -> new Watched());
        anew.deltas = deltas;
        anew.sent = null;
    }

    /** Lets no view of {@code service} pass any more, whatever the push loop has under way. */
    synchronized void unwatch(ServiceId service) {
        watched.remove(service);
        unsent.remove(service);
    }

    /** Lets names of {@code pattern} pass, all of them first; throws {@code OVERLOADED} beyond the limit. */
    synchronized void watch(ServicePattern pattern) {
        names.watch(pattern);
    }

    /** Lets no names of {@code pattern} pass any more, whatever the push loop has under way. */
    synchronized void unwatch(ServicePattern pattern) {
        names.unwatch(pattern);
    }

    @Override
    public synchronized void offerNames(ServiceNames newest) {
        names.offer(newest);
        sendWaiting();
    }

    @Override
    public synchronized void offer(ServiceView view) {
        Watched known = watched.get(view.service());
        if (known != null && (known.sent == null || known.sent.revision() != view.revision())) {
            unsent.merge(view.service(), view, (old, late) -> late.revision() > old.revision() ? late : old);
            sendWaiting();
        }
    }

    synchronized void membersChanged() {
        membersUnsent = true;
        sendWaiting();
    }

    synchronized void draining() {
        drainingUnsent = true;
        sendWaiting();
    }

    /** The client has read: there is room again. */
    synchronized void sendWaiting() {
        if (!opened || closed || !call.isReady()) {
            return;
        }
        timesBlocked = 0;
        if (drainingUnsent) {
            drainingUnsent = false;
            send(ServerMessage.newBuilder()
                    .setDraining(Draining.getDefaultInstance())
                    .build());
        }
        if (membersUnsent) {
            membersUnsent = false;
            send(ServerMessage.newBuilder()
                    .setMembers(Members.newBuilder().addAllAddresses(memberAddresses.get()))
                    .build());
        }
        Iterator<ServiceView> views = unsent.values().iterator();
        while (views.hasNext() && call.isReady()) {
            call.sendMessage(message(views.next()));
            views.remove();
        }
        names.send(call);
    }

    private InputStream message(ServiceView view) {
        Watched known = Objects.requireNonNull(watched.get(view.service()), "unsent, so watched");
        ServiceView sent = known.sent;
        if (!known.deltas) {
            return ViewFormat.serverMessage(view);
        }
        known.sent = view;
        return sent == null ? ViewFormat.serverMessage(view) : ViewFormat.serverMessage(sent, view);
    }

    /** Looked at now and then: whether the client has taken nothing of what is on its way so many {@code times} in a row. */
    synchronized boolean isStuck(int times) {
        timesBlocked = opened && !closed && !call.isReady() ? timesBlocked + 1 : 0;
        return timesBlocked >= times;
    }

    /** Ends the stream, behind all that was answered; once. */
    void close(Status status, Metadata trailers) {
        synchronized (this) {
            if (closed) {
                return;
            }
            sendAnswers();
            abandon();
        }
        call.close(status, trailers); // outside the lock: gRPC may call back
    }

    /** Forgets everything: the stream is over. */
    synchronized void abandon() {
        closed = true;
        answers.clear();
        watched.clear();
        unsent.clear();
        names.clear();
    }
}
