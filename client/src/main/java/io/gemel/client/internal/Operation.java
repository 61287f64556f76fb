package io.gemel.client.internal;

import io.gemel.naming.Change;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.Codec;
import io.gemel.transport.grpc.v1.ClientMessage;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A change of what this client publishes that a caller waits for. Confined to the client's loop. */
final class Operation {
    private final long number;
    private final Change change;
    private final ClientMessage.Builder request;
    private final long deadlineNanos;
    private final CompletableFuture<Written> result = new CompletableFuture<>();
    private boolean sent;
    private @Nullable Written answer;

    /**
     * An operation that nobody has heard of yet.
     *
     * @param number grows with each operation: the later one wins
     * @param request asks for {@code change}
     * @param deadlineNanos by when its caller is told how it went
     */
    Operation(long number, Change change, ClientMessage.Builder request, long deadlineNanos) {
        this.number = number;
        this.change = change;
        this.request = request;
        this.deadlineNanos = deadlineNanos;
    }

    /** The request that asks for {@code change}. */
    static ClientMessage.Builder request(Change change) {
        ClientMessage.Builder message = ClientMessage.newBuilder();
        if (change instanceof Change.Register register) {
            message.setRegister(Codec.registerRequest(register.service(), register.instances()));
        } else if (change instanceof Change.Deregister deregister) {
            message.setDeregister(Codec.deregisterRequest(deregister.service(), deregister.keys()));
        } else {
            throw new AssertionError("not a client's change: " + change);
        }
        return message;
    }

    long number() {
        return number;
    }

    Change change() {
        return change;
    }

    /** The request; its id is the connection's to set. */
    ClientMessage.Builder request() {
        return request;
    }

    CompletableFuture<Written> result() {
        return result;
    }

    /** Whether any server may have heard of it. */
    boolean sent() {
        return sent;
    }

    /** What the server acknowledged on the present connection, while that is still being caught up with. */
    @Nullable
    Written answer() {
        return answer;
    }

    void takenAsSent() {
        sent = true;
    }

    void answered(Written written) {
        answer = written;
    }

    /** A new connection: whatever was answered on an earlier one has to be asked for again. */
    void restart() {
        answer = null;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Names it in messages for people. */
    @Override
    public String toString() {
        return change instanceof Change.Register register
                ? "register " + register.instances().size() + " under " + register.service()
                : change instanceof Change.Deregister deregister
                        ? "deregister " + deregister.keys().size() + " of " + deregister.service()
                        : change.toString();
    }
}
