package io.gemel.consistency.distro;

import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Sessions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A client of a {@link SimulatedCluster}: one session, resumed elsewhere when its server is lost, with everything registered again. */
final class SimulatedClient {
    private final SimulatedCluster cluster;
    private final Map<ServiceId, Instance> held = new LinkedHashMap<>();
    private Optional<Sessions.Opened> session = Optional.empty();
    private Optional<SimulatedNode> server = Optional.empty();
    private int connection;
    boolean alive = true;

    SimulatedClient(SimulatedCluster cluster) {
        this.cluster = cluster;
    }

    Map<ServiceId, Instance> held() {
        return held;
    }

    /** Its id; the client must have been connected once. */
    String session() {
        return session.orElseThrow().publisher().session();
    }

    boolean isConnectedTo(SimulatedNode node) {
        return server.filter(node::equals).isPresent();
    }

    /** Opens or resumes the session at {@code node}, registers everything again, and says so. */
    void connect(SimulatedNode node) {
        int attempt = ++connection;
        server = Optional.empty();
        if (!alive || !node.up) {
            reconnectSoon();
            return;
        }
        Sessions.Connection endpoint = new Sessions.Connection() {
            @Override
            public void ended(RegistryException reason) {
                // the client has already moved on
            }

            @Override
            public void draining() {
                // not part of these runs
            }
        };
        node.execute(() -> {
            var opening = session.isPresent()
                    ? node.sessions.resume(
                            new Sessions.Resume(
                                    session.get().publisher().session(),
                                    session.get().token(),
                                    session.get().publisher().epoch()),
                            endpoint)
                    : node.sessions.open(endpoint);
            Sessions.Opened opened = opening.join();
            if (attempt != connection || !alive) {
                node.sessions.lost(opened.publisher());
                return;
            }
            session = Optional.of(opened);
            server = Optional.of(node);
            held.forEach((service, instance) ->
                    node.write(register(service, instance, opened.publisher())).join());
            node.sessions.replayed(opened.publisher()).join();
        });
    }

    void register(ServiceId service, Instance instance) {
        held.put(service, instance);
        publisherAtServer()
                .ifPresent(publisher -> server.orElseThrow()
                        .execute(() -> server.ifPresent(node -> {
                            if (node.up && isCurrent(publisher)) {
                                node.write(register(service, instance, publisher))
                                        .join();
                            }
                        })));
    }

    void deregister(ServiceId service) {
        Instance instance = held.remove(service);
        if (instance != null) {
            publisherAtServer()
                    .ifPresent(publisher -> server.orElseThrow()
                            .execute(() -> server.ifPresent(node -> {
                                if (node.up && isCurrent(publisher)) {
                                    node.write(new Change.Deregister(
                                                    service, List.of(instance.key()), instance.durability(), publisher))
                                            .join();
                                }
                            })));
        }
    }

    /** The connection breaks; the server notices; the client comes back at another node if it lives. */
    void disconnect() {
        publisherAtServer().ifPresent(publisher -> {
            SimulatedNode node = server.orElseThrow();
            node.execute(() -> node.sessions.lost(publisher));
        });
        server = Optional.empty();
        connection++;
        reconnectSoon();
    }

    /** The server died. */
    void serverLost() {
        server = Optional.empty();
        connection++;
        reconnectSoon();
    }

    /** Goes on at {@code node}; the server it had does not notice. */
    void moveUnnoticedTo(SimulatedNode node) {
        connect(node);
    }

    void close() {
        alive = false;
        publisherAtServer().ifPresent(publisher -> {
            SimulatedNode node = server.orElseThrow();
            node.execute(() -> node.sessions.close(publisher).join());
        });
    }

    void kill() {
        alive = false;
        disconnect();
    }

    private void reconnectSoon() {
        if (alive) {
            int attempt = connection;
            cluster.after(20 + cluster.random.nextInt(300), () -> {
                if (alive && attempt == connection) {
                    connect(cluster.nodes.get(cluster.random.nextInt(cluster.nodes.size())));
                }
            });
        }
    }

    private Optional<Publisher> publisherAtServer() {
        return server.isPresent() ? session.map(Sessions.Opened::publisher) : Optional.empty();
    }

    private boolean isCurrent(Publisher publisher) {
        return publisherAtServer().filter(publisher::equals).isPresent();
    }

    private static Change register(ServiceId service, Instance instance, Publisher publisher) {
        return new Change.Register(service, List.of(instance), publisher);
    }
}
