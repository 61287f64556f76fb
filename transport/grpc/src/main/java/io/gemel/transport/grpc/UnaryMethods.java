package io.gemel.transport.grpc;

import io.gemel.transport.grpc.ServerMethods.Received;
import io.grpc.ServerCallHandler;
import io.grpc.stub.ServerCalls;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Makes a door's method of a function: the answer is sent by whichever thread completes the future, a failure as a refusal. */
final class UnaryMethods {
    private UnaryMethods() {}

    static <Q, R> ServerCallHandler<Received<Q>, R> unary(
            Refusals.Call kind, Function<Q, CompletableFuture<R>> handler) {
        return ServerCalls.asyncUnaryCall((request, answer) -> {
            var unused = attempt(handler, request).whenComplete((response, failure) -> {
                if (failure == null) {
                    answer.onNext(response);
                    answer.onCompleted();
                } else {
                    answer.onError(Refusals.answer(failure, kind));
                }
            });
        });
    }

    @SuppressWarnings("IllegalCatch") // the top of a handler: whatever it threw, the caller gets an answer
    private static <Q, R> CompletableFuture<R> attempt(Function<Q, CompletableFuture<R>> handler, Received<Q> request) {
        try {
            return handler.apply(request.message());
        } catch (RuntimeException | AssertionError failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }
}
