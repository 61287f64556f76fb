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
 * also held while answers are handed to gRPC. Answers that come about while a message of calls is worked off, or in one turn of
 * the loop, leave together: a message of its own for each would cost several times as much.
 *
 * <p>Another message is read only while a full one would leave no more than {@value #IN_FLIGHT_MAX} calls in flight, and none
 * while answers back up; HTTP/2 flow control makes the client wait (I7).
 */
final class PipelineStream extends ServerCall.Listener<Received<PipelinedCalls>> {
    static final int IN_FLIGHT_MAX = 1_024;
    static final int CALLS_MAX = 256;

    /** Of answers that wait for others: beyond this nothing is saved. */
    private static final int BYTES_MAX = 64 * 1024;

    private final RegistryCalls calls;
    private final Loop loop;
    private final ServerCall<Received<PipelinedCalls>, InputStream> call;
    private final Consumer<PipelineStream> onGone;

    private @Nullable PipelineAnswers unsent;
    private int inFlight;
    private boolean reads;
    private boolean sendsLater;
    private boolean halfClosed;
    private boolean closed;

    PipelineStream(
            RegistryCalls calls,
            Loop loop,
            ServerCall<Received<PipelinedCalls>, InputStream> call,
            Consumer<PipelineStream> onGone) {
        this.calls = calls;
        this.loop = loop;
        this.call = call;
        this.onGone = onGone;
    }

    void start() {
        call.sendHeaders(new Metadata());
        readOn();
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
            inFlight += message.getCallsCount();
            sendsLater = true;
        }
        message.getCallsList().forEach(this::handle);
        sendNow();
        synchronized (this) {
            reads = false;
        }
        readOn();
    }

    @Override
    public void onReady() {
        readOn();
    }

    @Override
    public void onHalfClose() {
        synchronized (this) {
            halfClosed = true;
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
            inFlight--;
            if (closed) {
                return;
            }
            PipelineAnswers answers = answers();
            answer.accept(answers);
            if (answers.size() >= BYTES_MAX) {
                send();
            }
            if (sendsLater) {
                return;
            }
            sendsLater = true;
        }
        sendAfterTurn();
    }

    private void sendAfterTurn() {
        if (loop.inLoop()) {
            loop.afterTurn(this::sendAndReadOn);
            return;
        }
        try {
            loop.execute(this::sendAndReadOn);
        } catch (RegistryException busy) {
            sendAndReadOn();
        }
    }

    private void sendAndReadOn() {
        sendNow();
        readOn();
    }

    private void sendNow() {
        synchronized (this) {
            sendsLater = false;
            send();
        }
        endIfDone();
    }

    private void endIfDone() {
        boolean done;
        synchronized (this) {
            done = halfClosed && inFlight == 0 && unsent == null;
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

    private void readOn() {
        synchronized (this) {
            boolean room = inFlight <= IN_FLIGHT_MAX - CALLS_MAX && call.isReady();
            if (reads || closed || halfClosed || !room) {
                return;
            }
            reads = true;
        }
        call.request(1);
    }

    private void end(Status status, Metadata trailers) {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        call.close(status, trailers); // outside the lock: gRPC may call back
    }

    private void gone() {
        synchronized (this) {
            closed = true;
            unsent = null;
        }
        onGone.accept(this);
    }
}
