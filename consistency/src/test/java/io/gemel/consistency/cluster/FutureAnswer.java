package io.gemel.consistency.cluster;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** The one answer of a call, or what it failed with. */
final class FutureAnswer extends CompletableFuture<String> implements StreamObserver<String> {
    @Override
    public void onNext(String answer) {
        complete(answer);
    }

    @Override
    public void onError(Throwable failure) {
        completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        // its one answer was all
    }
}
