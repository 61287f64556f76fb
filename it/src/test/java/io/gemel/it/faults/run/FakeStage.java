package io.gemel.it.faults.run;

import io.gemel.it.faults.stage.Disk;
import io.gemel.it.faults.stage.Link;
import io.gemel.it.faults.stage.Network;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import io.gemel.it.faults.worker.Worker;
import io.gemel.naming.NodeStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A stage on which nothing runs, and that writes down what is done to it. */
final class FakeStage implements Stage, Network {
    /** What was done, in order. */
    final List<String> done = new CopyOnWriteArrayList<>();

    /** Whether servers say that they are ready and follow a leader; else they say nothing. */
    volatile boolean answering;

    private final Path root;
    private final boolean mortal;
    private final List<ServerNode> servers = List.of(new Server("s1"), new Server("s2"), new Server("s3"));
    private final List<ServerNode> guests = new CopyOnWriteArrayList<>();

    FakeStage() {
        this(Path.of(""), true);
    }

    /** With directories of servers in {@code root}; these end when that is waited for if they are {@code mortal}. */
    FakeStage(Path root, boolean mortal) {
        this.root = root;
        this.mortal = mortal;
    }

    @Override
    public List<ServerNode> servers() {
        return servers;
    }

    @Override
    public List<ServerNode> guests() {
        return List.copyOf(guests);
    }

    @Override
    public ServerNode invite(String id) {
        done.add("invite " + id);
        ServerNode guest = new Server(id);
        guests.add(guest);
        return guest;
    }

    @Override
    public void dismiss(String id) {
        done.add("dismiss " + id);
        guests.removeIf(guest -> guest.id().equals(id));
    }

    @Override
    public ServerNode server(String id) {
        return everyone().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public Optional<ServerNode> leader() {
        return Optional.of(server("s2"));
    }

    @Override
    public Network network() {
        return this;
    }

    @Override
    public List<Worker> workers() {
        return List.of();
    }

    @Override
    public Worker startWorker(String name) {
        throw new UnsupportedOperationException("no processes here");
    }

    @Override
    public String kind() {
        return "fake";
    }

    @Override
    public List<String> prefix(String host) {
        return List.of();
    }

    @Override
    public void cut(Set<Link> links) {
        done.add("cut " + links.size());
    }

    @Override
    public void lose(int percent, Set<Link> links) {
        throw new UnsupportedOperationException("nothing is lost here");
    }

    @Override
    public void delay(Duration delay, Duration jitter, Set<Link> links) {
        done.add("delay " + links.size());
    }

    @Override
    public void slow(long bytesPerSecond, Set<String> hosts) {
        done.add("slow " + hosts);
    }

    @Override
    public void reset(Set<Link> links) {
        done.add("reset " + links.size());
    }

    @Override
    public void heal() {
        done.add("heal");
    }

    @Override
    public void close() {
        done.add("close");
    }

    private final class Server implements ServerNode {
        private final String id;

        Server(String id) {
            this.id = id;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public String clientAddress() {
            return "127.0.0.1:1";
        }

        @Override
        public boolean knownAt(String address) {
            return address.equals(clientAddress());
        }

        @Override
        public Path dir() {
            return root.resolve(id);
        }

        @Override
        public Path dataDir() {
            return Path.of(id, "data");
        }

        @Override
        public Disk disk() {
            throw new UnsupportedOperationException("no disk here");
        }

        @Override
        public Path log() {
            return Path.of(id, "server.log");
        }

        @Override
        public OptionalLong pid() {
            return OptionalLong.empty();
        }

        @Override
        public int starts() {
            return 1;
        }

        @Override
        public boolean alive() {
            return true;
        }

        @Override
        public void start() {
            done.add("start " + id);
        }

        @Override
        public boolean awaitReady(Duration limit) {
            return true;
        }

        @Override
        public void kill() {
            done.add("kill " + id);
        }

        @Override
        public Optional<Integer> terminate(Duration limit) {
            done.add("terminate " + id);
            return Optional.of(143);
        }

        @Override
        public boolean awaitEnd(Duration limit) {
            return mortal;
        }

        @Override
        public void freeze() {
            done.add("freeze " + id);
        }

        @Override
        public void thaw() {
            done.add("thaw " + id);
        }

        @Override
        public void wipe() {
            done.add("wipe " + id);
        }

        @Override
        public void move() {
            done.add("move " + id);
        }

        @Override
        public Optional<NodeStatus> status() {
            NodeStatus.Raft raft = new NodeStatus.Raft(id.equals("s2") ? "leader" : "follower", "s2", 1, 1, 1, "h");
            NodeStatus well = new NodeStatus(
                    id, "fake", "1", true, "", List.of(), raft, List.of(), 0, 0, 0, NodeStatus.Guard.NONE);
            return Optional.of(well).filter(status -> answering);
        }
    }
}
