package io.gemel.consistency.distro.simulation;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A call, on the side that answers it. */
final class SimulatedServerCall<Q, R> extends ServerCall<Q, R> implements Wire.Rider {
    private final MethodDescriptor<Q, R> method;
    private final Wire.End end;
    private final Timeline timeline;
    private final SimulatedCall<?, ?> caller;
    private final Inbox inbox;
    private final Window window = new Window(this::ready);
    private @Nullable Listener<Q> listener;
    private boolean closed;

    SimulatedServerCall(MethodDescriptor<Q, R> method, Wire.End end, Timeline timeline, SimulatedCall<?, ?> caller) {
        this.method = method;
        this.end = end;
        this.timeline = timeline;
        this.caller = caller;
        this.inbox = new Inbox(end.host(), timeline, this::handOut);
        end.add(this);
    }

    void listen(@Nullable Listener<Q> heard) {
        listener = heard;
        later(this::ready);
    }

    private void ready() {
        if (!closed) {
            listener().onReady();
        }
    }

    private Listener<Q> listener() {
        return Objects.requireNonNull(listener);
    }

    private void later(Runnable task) {
        timeline.at(timeline.now(), end.host(), task);
    }

    private void handOut(InputStream message) {
        int size = Window.size(message);
        end.send(() -> caller.window().read(size));
        listener().onMessage(method.parseRequest(message));
    }

    // ---- what arrives ----

    void message(InputStream message) {
        if (!closed) {
            inbox.arrived(message);
        }
    }

    void halfClosed() {
        inbox.ends(() -> listener().onHalfClose());
    }

    void cancelled() {
        over(() -> listener().onCancel());
    }

    Window window() {
        return window;
    }

    @Override
    public void cutOff(Status why) {
        later(this::cancelled);
    }

    private void over(Runnable told) {
        if (!closed) {
            closed = true;
            inbox.close();
            end.remove(this);
            told.run();
        }
    }

    // ---- what is sent ----

    @Override
    public void request(int numMessages) {
        inbox.request(numMessages);
    }

    @Override
    public void sendHeaders(Metadata headers) {
        end.send(() -> caller.headers(headers));
    }

    @Override
    public void sendMessage(R message) {
        if (!closed) {
            InputStream bytes = method.streamResponse(message);
            window.sent(Window.size(bytes));
            end.send(() -> caller.message(bytes));
        }
    }

    @Override
    public boolean isReady() {
        return !closed && window.ready();
    }

    @Override
    public void close(Status status, Metadata trailers) {
        if (!closed) {
            end.send(() -> caller.ended(status, trailers));
            closed = true;
            inbox.close();
            end.remove(this);
            later(() -> listener().onComplete());
        }
    }

    @Override
    public boolean isCancelled() {
        return closed;
    }

    @Override
    public MethodDescriptor<Q, R> getMethodDescriptor() {
        return method;
    }
}
