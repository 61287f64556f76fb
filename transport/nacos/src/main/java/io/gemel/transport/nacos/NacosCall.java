package io.gemel.transport.nacos;

import com.google.protobuf.ByteString;
import io.gemel.transport.nacos.payload.Payload;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * How requests of one type are answered.
 *
 * @param answerType the type of message that their sender waits for
 */
record NacosCall(String answerType, Handler handler) {
    /** Answers a request; refuses by failing the future, or by throwing. Must not block. */
    @FunctionalInterface
    interface Handler {
        CompletableFuture<Payload> answer(Request request);
    }

    /**
     * A request that was read, on the connection that it came on.
     *
     * @param answerType see {@link NacosCall}
     */
    record Request(NacosConnection connection, String answerType, JsonObject body) {
        /** The answer that it was carried out. */
        Payload answer(Json.Writing fields) {
            return Message.ok(answerType, id(), fields);
        }

        CompletableFuture<Payload> ok(Json.Writing fields) {
            return CompletableFuture.completedFuture(answer(fields));
        }

        CompletableFuture<Payload> ok(String field, ByteString json) {
            return CompletableFuture.completedFuture(Message.ok(answerType, id(), field, json));
        }

        CompletableFuture<Payload> refused(int code, String message) {
            return CompletableFuture.completedFuture(Message.refusal(answerType, id(), code, message));
        }

        /** What the client calls it, if it does: few do. */
        Optional<String> id() {
            return body.text("requestId");
        }
    }
}
