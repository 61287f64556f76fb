package io.gemel.client.internal;

import io.gemel.client.internal.Calls.Attempt;
import io.gemel.client.internal.Calls.Outcome;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import io.gemel.transport.grpc.v1.PipelinedAnswer;
import io.gemel.transport.grpc.v1.PipelinedCall;
import io.grpc.ManagedChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** One {@link Pipeline} for each server that is called. Confined to the client's loop. */
final class Pipelines {
    private final ClientLoop loop;
    private final Ticker ticker;
    private final Channels channels;
    private final Map<String, Pipeline> open = new HashMap<>();

    Pipelines(ClientLoop loop, Ticker ticker, Channels channels) {
        this.loop = loop;
        this.ticker = ticker;
        this.channels = channels;
    }

    /** The way of a call that may be one of many; {@code answer} takes what it is after from an answer that is no error. */
    <R> Calls.Way<R> way(PipelinedCall.Builder request, Function<PipelinedAnswer, R> answer) {
        return (attempt, outcome) -> at(attempt.address()).call(new Exchange<>(request, attempt, answer, outcome));
    }

    private Pipeline at(String address) {
        ManagedChannel channel = channels.channel(address);
        Pipeline known = open.get(address);
        if (known != null && known.on(channel)) {
            return known;
        }
        if (known != null) {
            known.retire(); // its channel was given up
        }
        Pipeline fresh = Pipeline.start(channel, loop, ticker);
        open.put(address, fresh);
        return fresh;
    }

    /** One attempt of a call in a pipeline. */
    private record Exchange<R>(
            PipelinedCall.Builder request, Attempt attempt, Function<PipelinedAnswer, R> answer, Outcome<R> outcome)
            implements Pipeline.Exchange {
        @Override
        public void answered(PipelinedAnswer answered) {
            outcome.answered(answer.apply(answered));
        }

        @Override
        public void failed(RegistryException why) {
            outcome.failed(why);
        }
    }
}
