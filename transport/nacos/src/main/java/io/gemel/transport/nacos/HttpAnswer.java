package io.gemel.transport.nacos;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What a request over HTTP is answered with, before the version of the API gives it its form. */
sealed interface HttpAnswer {
    /** What Nacos says when there is nothing else to say. */
    HttpAnswer OK = new Text("ok");

    /** A list with nothing in it. */
    HttpAnswer EMPTY_LIST = json(json -> json.writeArray(new String[0], 0, 0));

    /** A text. */
    record Text(String text) implements HttpAnswer {}

    /** A JSON value. */
    record Value(ByteString json) implements HttpAnswer {}

    /** A JSON value that looks the same in every version, with headers of its own. */
    record Bare(ByteString json, Map<String, String> headers) implements HttpAnswer {}

    /** A JSON value, written. */
    static HttpAnswer json(Json.Writing writing) {
        return new Value(Json.bytes(writing));
    }

    /** A JSON value that looks the same in every version. */
    static HttpAnswer bare(Json.Writing writing) {
        return new Bare(Json.bytes(writing), Map.of());
    }

    /** An answer that is there. */
    static CompletableFuture<HttpAnswer> now(HttpAnswer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    /** "ok", once {@code done} is. */
    static CompletableFuture<HttpAnswer> okAfter(CompletableFuture<?> done) {
        return done.thenApply(unused -> OK);
    }
}
