package io.gemel.transport.nacos;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Answers to who takes this registry for a config centre too: nothing is there, nothing changes, nothing can be stored. Thread-safe. */
final class HttpConfig {
    static final Duration LISTEN_MAX = Duration.ofSeconds(60);

    private static final String PATIENCE = "long-pulling-timeout";
    private static final Duration LISTEN_USUAL = Duration.ofSeconds(30);
    private static final Duration LISTEN_MIN = Duration.ofSeconds(1);

    /** What the way back may take of a client's patience. */
    private static final Duration EARLY = Duration.ofMillis(500);

    private final ConfigNotice notice;

    HttpConfig(ConfigNotice notice) {
        this.notice = notice;
    }

    CompletableFuture<HttpAnswer> get(HttpCall call) {
        notice.give();
        return CompletableFuture.failedFuture(HttpRefusal.notFound(HttpRefusal.NOT_FOUND, "config data not exist"));
    }

    /** Waits nearly as long as the client does, then nothing has changed; answered at once it would ask again at once. */
    CompletableFuture<HttpAnswer> listen(HttpCall call) {
        notice.give();
        return new CompletableFuture<HttpAnswer>()
                .completeOnTimeout(new HttpAnswer.Text(""), patience(call).toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Duration patience(HttpCall call) {
        Duration patience = Duration.ofMillis(call.headers().getLong(PATIENCE, LISTEN_USUAL.toMillis()))
                .minus(EARLY);
        Duration atMost = patience.compareTo(LISTEN_MAX) > 0 ? LISTEN_MAX : patience;
        return atMost.compareTo(LISTEN_MIN) < 0 ? LISTEN_MIN : atMost;
    }

    CompletableFuture<HttpAnswer> write(HttpCall call) {
        notice.give();
        return CompletableFuture.failedFuture(
                HttpRefusal.unsupported("Gemel is a registry and keeps no configurations"));
    }
}
