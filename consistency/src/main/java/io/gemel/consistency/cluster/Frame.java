package io.gemel.consistency.cluster;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What travels on the stream of a {@link StreamedMethod}: one call's request, or what became of it.
 *
 * @param call the number that its caller gave it
 * @param status OK, or why there is no answer
 * @param message there exactly if {@code status} is OK
 */
record Frame<M>(long call, Status status, @Nullable M message) {
    static <M> Frame<M> of(long call, M message) {
        return new Frame<>(call, Status.OK, message);
    }

    static <M> Frame<M> failed(long call, Status status) {
        return new Frame<>(call, status, null);
    }
}
