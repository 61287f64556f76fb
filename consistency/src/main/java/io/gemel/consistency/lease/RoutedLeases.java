package io.gemel.consistency.lease;

import io.gemel.consistency.cluster.Live;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.Rendezvous;
import io.gemel.naming.LeaseRequest;
import io.gemel.naming.LeaseService;
import io.gemel.naming.Loop;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.Ticker;
import io.gemel.naming.Written;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Has each instance that heartbeats keep be kept by one of the members that are alive: the first in the order of {@link Rendezvous}.
 *
 * <p>If that does not answer, the next one is asked, since it would be the first were the other known to be dead: an instance may change
 * hands at any time without a gap (see {@link io.gemel.naming.Leases}), and a client is never refused because one member died. Thread-safe.
 */
public final class RoutedLeases implements LeaseService {
    private static final Duration TICK = Duration.ofMillis(500);

    private final Members members;
    private final LeaseService kept;
    private final Supplier<Live> live;
    private final LeaseLinks links;

    /**
     * Routes to {@code kept} and to the same at other members.
     *
     * @param kept what this node keeps itself
     * @param live who is there now; asked on any thread
     * @param channels to the server port of the peer with an id; none if it is no peer any more
     */
    public RoutedLeases(
            String cluster,
            Members members,
            LeaseService kept,
            Supplier<Live> live,
            Function<String, Optional<ManagedChannel>> channels,
            Ticker ticker) {
        this.members = members;
        this.kept = kept;
        this.live = live;
        this.links = new LeaseLinks(cluster, members, channels, ticker);
    }

    /** Looks after what is on its way to other members, on {@code loop}. */
    public void start(Loop loop) {
        loop.every(TICK, links::tick);
    }

    /** What other members ask of this one; belongs on the server port. */
    public BindableService service() {
        return links.service(kept);
    }

    @Override
    public CompletableFuture<Optional<Written>> ask(LeaseRequest request) {
        List<String> order = new ArrayList<>(Rendezvous.order(live.get().members(), request.service(), request.key()));
        String self = members.self().id();
        if (!order.contains(self)) {
            order.add(self); // nobody else may be left
        }
        return ask(request, order);
    }

    private CompletableFuture<Optional<Written>> ask(LeaseRequest request, List<String> order) {
        String first = order.get(0);
        if (first.equals(members.self().id())) {
            return kept.ask(request);
        }
        return links.ask(first, request)
                .exceptionallyCompose(failure -> unavailable(failure) && order.size() > 1
                        ? ask(request, order.subList(1, order.size()))
                        : CompletableFuture.failedFuture(failure));
    }

    private static boolean unavailable(Throwable failure) {
        return failure instanceof RegistryException refusal
                && (refusal.code() == Code.UNAVAILABLE || refusal.code() == Code.SHUTTING_DOWN);
    }
}
