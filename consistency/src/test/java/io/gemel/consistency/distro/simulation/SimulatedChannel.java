package io.gemel.consistency.distro.simulation;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A channel to one host as gRPC's is: connects when it is used, lets calls wait for its first connection, and after a failure
 * refuses them at once until its back-off is over.
 */
final class SimulatedChannel extends ManagedChannel {
    private static final Duration BACK_OFF_FIRST = Duration.ofSeconds(1);
    private static final Duration BACK_OFF_MAX = Duration.ofMinutes(2);
    private static final double BACK_OFF_FACTOR = 1.6;
    private static final long JITTER_PURPOSE = 201;

    private final Network network;
    private final Timeline timeline;
    private final Host host;
    private final Host target;
    private final Wire.KeepAlive keepAlive;
    private final Duration connectTimeout;
    private final Set<SimulatedCall<?, ?>> waiting = new LinkedHashSet<>();
    private Optional<Wire.End> end = Optional.empty();
    private Optional<Services> services = Optional.empty();
    private ConnectivityState state = ConnectivityState.IDLE;
    private Optional<Status> lastFailure = Optional.empty();
    private long backOffEnds;
    private int failures;
    private boolean shutdown;

    SimulatedChannel(Network network, Host host, Host target, Wire.KeepAlive keepAlive, Duration connectTimeout) {
        this.network = network;
        this.timeline = network.timeline();
        this.host = host;
        this.target = target;
        this.keepAlive = keepAlive;
        this.connectTimeout = connectTimeout;
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        return new SimulatedCall<>(method, this, host, timeline);
    }

    @Override
    public String authority() {
        return target.name();
    }

    void begin(SimulatedCall<?, ?> call) {
        if (end.filter(Wire.End::closed).isPresent()) {
            end = Optional.empty();
            state = ConnectivityState.IDLE;
        }
        if (shutdown) {
            call.cutOff(Status.UNAVAILABLE.withDescription("channel shut down"));
        } else if (end.isPresent()) {
            call.begin(end.get(), services.orElseThrow());
        } else {
            getState(true);
            if (lastFailure.isPresent()) {
                call.cutOff(lastFailure.get());
            } else {
                waiting.add(call);
            }
        }
    }

    void left(SimulatedCall<?, ?> call) {
        waiting.remove(call);
        if (shutdown && end.filter(Wire.End::idle).isPresent()) {
            end.get().close(Status.UNAVAILABLE.withDescription("channel shut down"));
        }
    }

    private void connect() {
        state = ConnectivityState.CONNECTING;
        new Dialing(network, host, target, keepAlive).dial(connectTimeout, this::connected, this::failed);
    }

    private void connected(Wire wire, Services offered) {
        Wire.End mine = wire.dialer();
        if (shutdown) {
            mine.close(Status.UNAVAILABLE.withDescription("channel shut down"));
            return;
        }
        state = ConnectivityState.READY;
        lastFailure = Optional.empty();
        failures = 0;
        end = Optional.of(mine);
        services = Optional.of(offered);
        List.copyOf(waiting).forEach(call -> call.begin(mine, offered));
        waiting.clear();
    }

    private void failed(Status why) {
        state = ConnectivityState.TRANSIENT_FAILURE;
        lastFailure = Optional.of(why);
        double most = BACK_OFF_FIRST.toNanos() * Math.pow(BACK_OFF_FACTOR, failures++);
        long bounded = Math.min(BACK_OFF_MAX.toNanos(), (long) most);
        long jitter =
                network.noise().below(bounded / 5 * 2, JITTER_PURPOSE, Network.place(host, target), timeline.now());
        backOffEnds = timeline.now() + bounded - bounded / 5 + jitter;
        List.copyOf(waiting).forEach(call -> call.cutOff(why));
        waiting.clear();
    }

    @Override
    public ConnectivityState getState(boolean requestConnection) {
        boolean backedOff = state == ConnectivityState.TRANSIENT_FAILURE && timeline.now() >= backOffEnds;
        if (requestConnection && !shutdown && (state == ConnectivityState.IDLE || backedOff)) {
            connect();
        }
        return lastFailure.isPresent() ? ConnectivityState.TRANSIENT_FAILURE : state;
    }

    @Override
    public void resetConnectBackoff() {
        backOffEnds = Math.min(backOffEnds, timeline.now());
        getState(true);
    }

    @Override
    public ManagedChannel shutdown() {
        shutdown = true;
        end.filter(Wire.End::idle)
                .ifPresent(mine -> mine.close(Status.UNAVAILABLE.withDescription("channel shut down")));
        return this;
    }

    @Override
    public ManagedChannel shutdownNow() {
        shutdown = true;
        end.ifPresent(mine -> mine.close(Status.UNAVAILABLE.withDescription("channel shut down")));
        return this;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown && end.filter(mine -> !mine.closed()).isEmpty();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }
}
