package io.gemel.consistency.distro.simulation;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A call, on the side that makes it. */
final class SimulatedCall<Q, R> extends ClientCall<Q, R> implements Wire.Rider {
    private final MethodDescriptor<Q, R> method;
    private final SimulatedChannel channel;
    private final Host host;
    private final Timeline timeline;
    private final Inbox inbox;
    private final Window window = new Window(this::ready);
    private final List<Runnable> beforeStart = new ArrayList<>();
    private Optional<Wire.End> end = Optional.empty();
    private @Nullable SimulatedServerCall<?, ?> answering;
    private @Nullable Listener<R> listener;
    private boolean closed;

    SimulatedCall(MethodDescriptor<Q, R> method, SimulatedChannel channel, Host host, Timeline timeline) {
        this.method = method;
        this.channel = channel;
        this.host = host;
        this.timeline = timeline;
        this.inbox = new Inbox(host, timeline, this::handOut);
    }

    String methodName() {
        return method.getFullMethodName();
    }

    private Listener<R> listener() {
        return Objects.requireNonNull(listener);
    }

    private SimulatedServerCall<?, ?> answering() {
        return Objects.requireNonNull(answering);
    }

    private void handOut(InputStream message) {
        int size = Window.size(message);
        send(() -> answering().window().read(size));
        listener().onMessage(method.parseResponse(message));
    }

    /** The channel has a connection for it. */
    void begin(Wire.End through, Services services) {
        if (closed) {
            return;
        }
        end = Optional.of(through);
        through.add(this);
        Wire.End there = through.other();
        through.send(() -> services.begin(methodName(), there, timeline, this));
        beforeStart.forEach(through::send);
        beforeStart.clear();
        timeline.at(timeline.now(), host, this::ready);
    }

    private void ready() {
        if (!closed) {
            listener().onReady();
        }
    }

    void accepted(SimulatedServerCall<?, ?> call) {
        answering = call;
    }

    private void send(Runnable delivery) {
        end.ifPresentOrElse(through -> through.send(delivery), () -> beforeStart.add(delivery));
    }

    // ---- what arrives ----

    void headers(Metadata headers) {
        if (!closed) {
            listener().onHeaders(headers);
        }
    }

    void message(InputStream message) {
        if (!closed) {
            inbox.arrived(message);
        }
    }

    void ended(Status status, Metadata trailers) {
        inbox.ends(() -> over(status, trailers));
    }

    Window window() {
        return window;
    }

    @Override
    public void cutOff(Status why) {
        timeline.at(timeline.now(), host, () -> over(why, new Metadata()));
    }

    private void over(Status status, Metadata trailers) {
        if (!closed) {
            leave();
            listener().onClose(status, trailers);
        }
    }

    private void leave() {
        closed = true;
        inbox.close();
        beforeStart.clear();
        end.ifPresent(through -> through.remove(this));
        channel.left(this);
    }

    // ---- what is sent ----

    @Override
    public void start(Listener<R> responseListener, Metadata headers) {
        listener = responseListener;
        channel.begin(this);
    }

    @Override
    public void request(int numMessages) {
        inbox.request(numMessages);
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        if (!closed) {
            if (end.isPresent()) {
                send(() -> answering().cancelled());
            }
            leave();
            Status why = Status.CANCELLED.withDescription(message).withCause(cause);
            timeline.at(timeline.now(), host, () -> listener().onClose(why, new Metadata()));
        }
    }

    @Override
    public void halfClose() {
        send(() -> answering().halfClosed());
    }

    @Override
    public void sendMessage(Q message) {
        if (!closed) {
            InputStream bytes = method.streamRequest(message);
            window.sent(Window.size(bytes));
            send(() -> answering().message(bytes));
        }
    }

    @Override
    public boolean isReady() {
        return !closed && end.isPresent() && window.ready();
    }
}
