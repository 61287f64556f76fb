package io.gemel.bootstrap.cli;

import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import io.gemel.naming.Membership;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.RegistryException;
import io.gemel.transport.grpc.ClusterDoor;
import io.gemel.transport.grpc.DoorServer;
import io.gemel.transport.grpc.StatusCodec;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.StatusRequest;
import io.gemel.transport.grpc.v1.StatusResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Doors of nodes s1 and on, on free loopback ports, that agree on members without a log. Thread-safe. */
public final class FakeCluster implements AutoCloseable {
    /** What the next requests for a change fail with, one each. */
    public final Deque<RegistryException> refusals = new ArrayDeque<>();

    /** The members that were asked to be added, as often as they were. */
    public final List<Member> added = new ArrayList<>();

    /** Who carried a recovery out, in that order. */
    final List<String> recovered = new ArrayList<>();

    private final Map<String, DoorServer> doors = new LinkedHashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private final Set<String> able = new TreeSet<>();
    private String leader = "s1";
    private long revision = 1;

    /** A cluster of so many voters, led by s1. */
    public FakeCluster(int size) {
        for (int i = 1; i <= size; i++) {
            String id = "s" + i;
            DoorServer door = DoorServer.start(
                    "client", "127.0.0.1", 0, List.of(new ClusterDoor(new Node(id), () -> status(id)), new Status(id)));
            doors.put(id, door);
            entries.add(new Entry(new Member(id, "127.0.0.1", i, 10 + i, door.port()), Standing.VOTER));
        }
    }

    /** host:port of the client door of the node {@code id}. */
    public String address(String id) {
        return member(id).clientAddress();
    }

    /** The node with this id, removed or not. */
    public synchronized Member member(String id) {
        return entries.stream()
                .map(Entry::member)
                .filter(member -> member.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** From now on the node {@code id} catches up once it is added. */
    synchronized void starts(String id) {
        able.add(id);
    }

    /** Nobody leads; who is not among {@code living} does not answer. */
    synchronized void onlyLives(String... living) {
        leader = "";
        doors.forEach((id, door) -> {
            if (!List.of(living).contains(id)) {
                door.close();
            }
        });
    }

    /** Writes an entry, as if it had been agreed. */
    public synchronized void write(Member member, Standing standing) {
        entries.removeIf(entry -> entry.member().id().equals(member.id()));
        entries.add(new Entry(member, standing));
        revision++;
    }

    /** How far the node {@code id} is. */
    synchronized Standing standing(String id) {
        return entries.stream()
                .filter(entry -> entry.member().id().equals(id))
                .findFirst()
                .orElseThrow()
                .standing();
    }

    private synchronized NodeStatus status(String id) {
        List<NodeStatus.Member> members = entries.stream()
                .filter(entry -> entry.standing() != Standing.REMOVED)
                .map(Entry::member)
                .map(member -> new NodeStatus.Member(
                        member.id(),
                        member.clientAddress(),
                        member.id().equals(id) ? "self" : doors.containsKey(member.id()) ? "alive" : "unknown",
                        "voter"))
                .toList();
        long index = 100L + id.charAt(1);
        return new NodeStatus(
                id,
                "gemel",
                "test",
                true,
                "",
                members,
                new NodeStatus.Raft("follower", leader, 4, index, index, "00"),
                List.of(),
                0,
                0,
                0,
                NodeStatus.Guard.NONE);
    }

    /** One step of whoever is able to take it. */
    private synchronized ClusterMembers proceed() {
        ClusterMembers now = new ClusterMembers(revision, entries);
        for (Entry entry : List.copyOf(entries)) {
            if (able.contains(entry.member().id())) {
                switch (entry.standing()) {
                    case JOINING -> write(entry.member(), Standing.CAUGHT_UP);
                    case CAUGHT_UP -> write(entry.member(), Standing.VOTER);
                    case LEAVING -> write(entry.member(), Standing.REMOVED);
                    case VOTER, REMOVED -> {}
                }
            }
        }
        return now;
    }

    @Override
    public void close() {
        doors.values().forEach(DoorServer::close);
    }

    /** The membership as one node has it. */
    private final class Node implements Membership {
        private final String id;

        Node(String id) {
            this.id = id;
        }

        @Override
        public ClusterMembers members() {
            return proceed();
        }

        @Override
        public CompletableFuture<ClusterMembers> add(Member node) {
            return change(() -> {
                added.add(node);
                if (entries.stream().noneMatch(entry -> entry.member().equals(node))) {
                    write(node, Standing.JOINING);
                }
                return new ClusterMembers(revision, entries);
            });
        }

        @Override
        public CompletableFuture<ClusterMembers> remove(String node) {
            return change(() -> {
                write(member(node), Standing.LEAVING);
                able.add(node);
                return new ClusterMembers(revision, entries);
            });
        }

        @Override
        public CompletableFuture<String> transferLeadership(Optional<String> to) {
            return change(() -> {
                leader = to.orElse("s2");
                return leader;
            });
        }

        @Override
        public CompletableFuture<Recovery> recover(Set<String> keep, boolean rehearse) {
            return change(() -> {
                if (!rehearse) {
                    recovered.add(id);
                    leader = recovered.get(0);
                }
                List<String> lost = entries.stream()
                        .map(entry -> entry.member().id())
                        .filter(other -> !keep.contains(other))
                        .toList();
                return new Recovery(id, 100L + id.charAt(1), 4, 90, lost);
            });
        }

        private <T> CompletableFuture<T> change(java.util.function.Supplier<T> change) {
            synchronized (FakeCluster.this) {
                RegistryException refusal = refusals.poll();
                return refusal == null
                        ? CompletableFuture.completedFuture(change.get())
                        : CompletableFuture.failedFuture(refusal);
            }
        }
    }

    /** Tells the status of one node. */
    private final class Status extends RegistryGrpc.RegistryImplBase {
        private final String id;

        Status(String id) {
            this.id = id;
        }

        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> answer) {
            answer.onNext(StatusCodec.encode(FakeCluster.this.status(id)));
            answer.onCompleted();
        }
    }
}
