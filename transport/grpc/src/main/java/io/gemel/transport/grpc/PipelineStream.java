package io.gemel.transport.grpc;

import io.gemel.naming.Loop;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.ServerMethods.Received;
import io.gemel.transport.grpc.v1.PipelinedAnswer;
import io.gemel.transport.grpc.v1.PipelinedCall;
import io.gemel.transport.grpc.v1.PipelinedCalls;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of calls that need no session.
 *
 * <p>The connection's event loop brings calls, any thread completes them. What is shared is behind this object's lock, which is
 * also held while answers are handed to gRPC. When they are is {@link Together}'s business, and how many calls are read
 * {@link ReadAhead}'s.
 */
final class PipelineStream extends ServerCall.Listener<Received<PipelinedCalls>> {
    static final int IN_FLIGHT_MAX = 1_024;
    static final int CALLS_MAX = 256;

    /** Of answers that wait for others: beyond this nothing is saved. */
    private static final int BYTES_MAX = 64 * 1024;

    private final RegistryCalls calls;
    private final ServerCall<Received<PipelinedCalls>, InputStream> call;
    private final Consumer<PipelineStream> onGone;
    private final Together together;
    private final ReadAhead ahead;

    private @Nullable PipelineAnswers unsent;
    private boolean halfClosed;
    private boolean closed;

    PipelineStream(
            RegistryCalls calls,
            Loop loop,
            ServerCall<Received<PipelinedCalls>, InputStream> call,
            Consumer<PipelineStream> onGone) {
        this.calls = calls;
        this.call = call;
        this.onGone = onGone;
        this.together = new Together(loop, this::sendAndReadOn);
        this.ahead = new ReadAhead(call, IN_FLIGHT_MAX, CALLS_MAX);
    }

    void start() {
        call.sendHeaders(new Metadata());
        ahead.readOn();
    }

    /** Asks the client to make its calls elsewhere. What it has sent by then is answered. */
    void drain() {
        synchronized (this) {
            if (!closed) {
                answers().draining();
                send();
            }
        }
    }

    @Override
    public void onMessage(Received<PipelinedCalls> received) {
        PipelinedCalls message;
        try {
            message = received.message();
            if (message.getCallsCount() > CALLS_MAX) {
                throw Codec.refuse(
                        "calls: %d in one message (expected: at most %d)", message.getCallsCount(), CALLS_MAX);
            }
        } catch (RegistryException violation) {
            end(Refusals.status(violation), Refusals.trailers(violation));
            return;
        }
        synchronized (this) {
            if (closed) {
                return;
            }
            ahead.taken(message.getCallsCount());
        }
        together.after(() -> message.getCallsList().forEach(this::handle));
        ahead.workedOff();
    }

    @Override
    public void onReady() {
        ahead.readOn();
    }

    @Override
    public void onHalfClose() {
        synchronized (this) {
            halfClosed = true;
            ahead.end();
        }
        endIfDone();
    }

    @Override
    public void onCancel() {
        gone();
    }

    @Override
    public void onComplete() {
        gone();
    }

    @SuppressWarnings("IllegalCatch") // the top of a handler: whatever it threw, the caller gets an answer
    private void handle(PipelinedCall one) {
        long id = one.getId();
        try {
            switch (one.getCallCase()) {
                case REGISTER -> whenWritten(id, calls.register(one.getRegister()));
                case DEREGISTER -> whenWritten(id, calls.deregister(one.getDeregister()));
                case FIND -> whenFound(id, calls.find(one.getFind()));
                case CALL_NOT_SET ->
                    throw Codec.refuse("call: none that this server knows (expected: one of gemel.v1.PipelinedCall)");
            }
        } catch (RuntimeException | AssertionError failure) {
            failed(id, failure, Refusals.Call.WRITE);
        }
    }

    private void whenWritten(long id, CompletableFuture<Written> write) {
        var unused = write.whenComplete((written, failure) -> {
            if (failure == null) {
                PipelinedAnswer answer = PipelinedAnswer.newBuilder()
                        .setId(id)
                        .setWritten(Codec.encode(written))
                        .build();
                answered(answers -> answers.add(answer));
            } else {
                failed(id, failure, Refusals.Call.WRITE);
            }
        });
    }

    private void whenFound(long id, CompletableFuture<ServiceView> find) {
        var unused = find.whenComplete((view, failure) -> {
            if (failure == null) {
                var bytes = view.as(ViewFormat.V1);
                answered(answers -> answers.found(id, bytes));
            } else {
                failed(id, failure, Refusals.Call.READ);
            }
        });
    }

    private void failed(long id, Throwable failure, Refusals.Call kind) {
        PipelinedAnswer answer = PipelinedAnswer.newBuilder()
                .setId(id)
                .setError(Refusals.error(Refusals.refusal(failure, kind)))
                .build();
        answered(answers -> answers.add(answer));
    }

    private void answered(Consumer<PipelineAnswers> answer) {
        synchronized (this) {
            if (!closed) {
                PipelineAnswers answers = answers();
                answer.accept(answers);
                if (answers.size() >= BYTES_MAX) {
                    send();
                }
            }
            ahead.answered();
        }
        together.waits();
    }

    private void sendAndReadOn() {
        send();
        endIfDone();
        ahead.readOn();
    }

    private void endIfDone() {
        boolean done;
        synchronized (this) {
            done = halfClosed && ahead.inFlight() == 0 && unsent == null;
        }
        if (done) {
            end(Status.OK, new Metadata());
        }
    }

    private synchronized void send() {
        if (unsent != null && !closed) {
            call.sendMessage(unsent.message());
        }
        unsent = null;
    }

    private synchronized PipelineAnswers answers() {
        if (unsent == null) {
            unsent = new PipelineAnswers();
        }
        return unsent;
    }

    private void end(Status status, Metadata trailers) {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            ahead.end();
        }
        call.close(status, trailers); // outside the lock: gRPC may call back
    }

    private void gone() {
        synchronized (this) {
            closed = true;
            unsent = null;
            ahead.end();
        }
        onGone.accept(this);
    }
}
