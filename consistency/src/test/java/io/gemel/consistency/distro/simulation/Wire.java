package io.gemel.consistency.distro.simulation;

import io.grpc.Status;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One connection between two hosts, with the signs of life that gRPC asks for at both of its ends. */
final class Wire {
    private final Network network;
    private final End dialer;
    private final End listener;

    /**
     * How an end finds out that the other one is gone.
     *
     * @param time how long it may hear nothing before it asks
     * @param timeout how long it then waits
     */
    record KeepAlive(Duration time, Duration timeout) {}

    /** Something that rides on a connection. */
    interface Rider {
        /** The connection is gone. */
        void cutOff(Status why);
    }

    Wire(Network network, Host from, Host to) {
        this.network = network;
        this.dialer = new End(from, new Pipe(network, from, to));
        this.listener = new End(to, new Pipe(network, to, from));
    }

    End dialer() {
        return dialer;
    }

    End listener() {
        return listener;
    }

    long place() {
        return Network.place(dialer.host, listener.host);
    }

    boolean over() {
        return dialer.closed && listener.closed;
    }

    /** The process at {@code host} is no more. */
    void died(Host host, boolean silently) {
        if (dialer.host == host) {
            dialer.died(listener, silently);
        }
        if (listener.host == host) {
            listener.died(dialer, silently);
        }
    }

    /** {@code host} lives again, and does not know this connection if it is of its last life. */
    void orphanedBy(Host host, long delay) {
        if (dialer.host == host && dialer.closed && !listener.closed) {
            resetLater(listener, host, delay);
        }
        if (listener.host == host && listener.closed && !dialer.closed) {
            resetLater(dialer, host, delay);
        }
    }

    private void resetLater(End end, Host host, long delay) {
        network.timeline().at(network.timeline().now() + delay, end.host, () -> {
            if (!network.isCut(host, end.host) && !network.isCut(end.host, host)) {
                end.gone(Status.UNAVAILABLE.withDescription("connection reset"));
            }
        });
    }

    void reset(Host host) {
        if (dialer.host == host || listener.host == host) {
            Status why = Status.UNAVAILABLE.withDescription("connection reset");
            for (End end : List.of(dialer, listener)) {
                network.timeline().at(network.timeline().now(), end.host, () -> end.gone(why));
            }
        }
    }

    private End other(End end) {
        return end == dialer ? listener : dialer;
    }

    /** One of its two ends. */
    final class End {
        private final Host host;
        private final Pipe out;
        private final Set<Rider> riders = new LinkedHashSet<>();
        private long heard;
        private boolean closed;

        End(Host host, Pipe out) {
            this.host = host;
            this.out = out;
        }

        End other() {
            return Wire.this.other(this);
        }

        Host host() {
            return host;
        }

        boolean closed() {
            return closed;
        }

        void add(Rider rider) {
            riders.add(rider);
        }

        void remove(Rider rider) {
            riders.remove(rider);
        }

        boolean idle() {
            return riders.isEmpty();
        }

        /** Runs {@code delivery} at the other end, if it is still there by then. */
        void send(Runnable delivery) {
            if (!closed) {
                End there = other();
                out.send(() -> {
                    if (!there.closed) {
                        there.heard = there.host.nanos();
                        delivery.run();
                    }
                });
            }
        }

        /** Asks for signs of life from now on. */
        void keepAlive(KeepAlive keepAlive) {
            heard = host.nanos();
            host.after(keepAlive.time().toNanos(), () -> check(keepAlive));
        }

        private void check(KeepAlive keepAlive) {
            if (closed) {
                return;
            }
            long silent = host.nanos() - heard;
            if (silent < keepAlive.time().toNanos()) {
                host.after(keepAlive.time().toNanos() - silent, () -> check(keepAlive));
                return;
            }
            long asked = heard;
            End there = other();
            send(() -> there.send(() -> {}));
            host.after(keepAlive.timeout().toNanos(), () -> {
                if (heard == asked) {
                    close(Status.UNAVAILABLE.withDescription("keepalive failed"));
                } else {
                    check(keepAlive);
                }
            });
        }

        /** Gives the connection up, and tells the other end. */
        void close(Status why) {
            if (!closed) {
                End there = other();
                send(() -> there.gone(Status.UNAVAILABLE.withDescription("connection closed by " + host)));
                gone(why);
            }
        }

        /** The connection is no more, as far as this end is concerned. */
        void gone(Status why) {
            if (!closed) {
                closed = true;
                other().out.close();
                for (Rider rider : List.copyOf(riders)) {
                    rider.cutOff(why);
                }
                riders.clear();
            }
        }

        private void died(End there, boolean silently) {
            if (silently) {
                out.abandon();
            }
            if (!closed) {
                if (!silently) {
                    out.send(() -> there.gone(Status.UNAVAILABLE.withDescription("connection closed by " + host)));
                }
                closed = true;
                riders.clear();
                there.out.close();
            }
        }
    }
}
