package io.gemel.it.faults.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Seen;
import io.gemel.it.faults.nemesis.Departures;
import io.gemel.it.faults.worker.Answer;
import io.gemel.it.faults.worker.Push;
import io.gemel.it.faults.worker.Worker;
import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/** A stage from its start to its end, with a little of everything that can be done to it. Also a program. */
final class StageScenario {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Duration SHORT = Duration.ofMillis(1_500);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final RunningStage stage;
    private final Worker worker;
    private final BlockingQueue<Push> pushes = new LinkedBlockingQueue<>();

    private StageScenario(RunningStage stage) {
        this.stage = stage;
        this.worker = stage.startWorker("c1");
        worker.onPush(pushes::add);
    }

    /** Runs it with the kind of network and a directory as arguments. */
    public static void main(String[] args) throws Exception {
        play(args[0], Path.of(args[1]));
    }

    static void play(String network, Path dir) throws Exception {
        Preparation preparation = new Preparation();
        preparation.needNetwork(network);
        preparation.setting("peer-down-after", "2s");
        preparation.environment("MARK", "{node}");
        preparation.jvmOption("-Dmark={dir}");
        try (RunningStage stage = RunningStage.start(new StageSpec(3, dir, preparation))) {
            assertThat(stage.network().kind()).isEqualTo(network);
            StageScenario scenario = new StageScenario(stage);
            said("started");
            scenario.prepared(dir);
            scenario.clientsAndSingleCalls();
            said("clients and single calls");
            scenario.leaderCutOff();
            said("leader cut off");
            scenario.clientCutOff();
            said("client cut off");
            scenario.frozenServer();
            scenario.frozenWorker();
            said("frozen");
            scenario.serverEndsAndReturns();
            said("server ended and returned");
            scenario.deadWorker();
            said("dead worker");
            scenario.serverMoves();
            said("server moved");
            scenario.guestComesAndGoes();
            said("guest came and went");
        }
    }

    /** For people who wonder where the time went. */
    private static void said(String what) {
        System.out.println(LocalTime.now(ZoneId.systemDefault()) + " " + what);
    }

    private void prepared(Path dir) throws Exception {
        ServerNode s2 = stage.server("s2");
        Path process = Path.of("/proc", Long.toString(s2.pid().orElseThrow()));
        assertThat(Files.readString(process.resolve("environ"))).contains("MARK=s2");
        assertThat(Files.readString(process.resolve("cmdline")))
                .contains("-Dmark=" + dir.resolve("s2"))
                .contains("-ea");
        assertThat(s2.dataDir()).startsWith(s2.disk().dir()).isDirectory();
    }

    private void clientsAndSingleCalls() throws Exception {
        ok(worker.open("c1-1", addresses(), "public", LONG));
        ok(worker.watch("c1-1", ORDERS));
        Instance ephemeral = Instance.ephemeral("10.0.0.1", 80).withMetadata("v", "1");
        inTheEnd(() -> worker.register("c1-1", ORDERS, List.of(ephemeral)));
        inTheEnd(() -> write("s1", "1", OptionalLong.empty()));
        await().atMost(LONG).until(() -> write("s1", "2", OptionalLong.of(0)).join(), StageScenario::conflict);
        for (String address : addresses()) {
            Answer read = inTheEnd(() -> worker.list(address, ORDERS, ReadLevel.LINEARIZABLE, LONG));
            assertThat(read.seen())
                    .filteredOn(seen -> !seen.ephemeral())
                    .singleElement()
                    .matches(seen -> seen.key().equals("10.0.0.2:80/DEFAULT")
                            && seen.value().equals("1")
                            && seen.revision() > 0);
        }
        Push push = pushes.take();
        while (push.seen().size() < 2) {
            push = pushes.take();
        }
        assertThat(push.seen()).extracting(Seen::value).containsExactly("1", "1");
        assertThat(push.server()).isIn(addresses());
        assertThat(push.client()).isEqualTo("c1-1");
        assertThat(push.service()).isEqualTo(ORDERS.toString());
        ok(worker.close("c1-1"));
    }

    private void leaderCutOff() {
        ServerNode leader = stage.leader().orElseThrow();
        Set<Link> both = new HashSet<>();
        for (ServerNode other : stage.servers()) {
            if (!other.id().equals(leader.id())) {
                both.add(new Link(leader.id(), other.id()));
                both.add(new Link(other.id(), leader.id()));
            }
        }
        stage.network().cut(both);
        await().atMost(LONG)
                .until(() -> stage.leader()
                        .filter(now -> !now.id().equals(leader.id()))
                        .isPresent());
        Answer alone = worker.write(
                        leader.clientAddress(), ORDERS, List.of(persistent("3")), OptionalLong.empty(), SHORT)
                .join();
        assertThat(alone.type()).isIn(Event.Type.INFO, Event.Type.FAIL);
        String other = leader.id().equals("s1") ? "s2" : "s1";
        inTheEnd(() -> write(other, "4", OptionalLong.empty()));
        stage.network().heal();
        inTheEnd(() -> worker.list(leader.clientAddress(), ORDERS, ReadLevel.LINEARIZABLE, LONG));
    }

    private void clientCutOff() {
        stage.network().cut(Set.of(new Link("c1", "s2")));
        assertThat(list("s2", SHORT).type()).isEqualTo(Event.Type.FAIL);
        assertThat(list("s1", LONG).type()).isEqualTo(Event.Type.OK);
        assertThat(stage.server("s2").status())
                .as("the harness is never cut off")
                .isPresent();
        stage.network().cut(Set.of(new Link("s1", "c1")));
        assertThat(list("s2", LONG).type()).isEqualTo(Event.Type.OK);
        assertThat(list("s1", SHORT).type()).isEqualTo(Event.Type.FAIL);
        stage.network().heal();
        assertThat(list("s1", LONG).type()).isEqualTo(Event.Type.OK);
    }

    private void frozenServer() {
        ServerNode s1 = stage.server("s1");
        s1.freeze();
        assertThat(s1.alive()).isTrue();
        assertThat(s1.status()).isEmpty();
        assertThat(list("s1", SHORT).type()).isEqualTo(Event.Type.FAIL);
        s1.thaw();
        assertThat(s1.awaitReady(LONG)).isTrue();
    }

    private void frozenWorker() {
        worker.freeze();
        assertThat(list("s1", SHORT).type()).isEqualTo(Event.Type.FAIL);
        Answer write = worker.write(at("s1"), ORDERS, List.of(persistent("5")), OptionalLong.empty(), SHORT)
                .join();
        assertThat(write.type()).isEqualTo(Event.Type.INFO);
        worker.thaw();
        assertThat(list("s1", LONG).type()).isEqualTo(Event.Type.OK);
    }

    private void serverEndsAndReturns() throws Exception {
        ServerNode s3 = stage.server("s3");
        assertThat(s3.terminate(LONG)).isEqualTo(Optional.of(0));
        assertThat(s3.status()).isEmpty();
        assertThat(s3.pid()).isEmpty();
        s3.start();
        assertThat(s3.awaitReady(LONG)).isTrue();
        s3.freeze();
        s3.kill();
        assertThat(s3.alive()).isFalse();
        s3.wipe();
        assertThat(s3.dataDir()).doesNotExist();
        s3.start();
        assertThat(s3.starts()).isEqualTo(3);
        assertThat(s3.awaitReady(LONG)).isTrue();
        assertThat(Files.readString(s3.log())).contains("stopping");
    }

    private void deadWorker() {
        Worker second = stage.startWorker("c2");
        assertThat(stage.workers()).containsExactly(worker, second);
        ok(second.open("c2-1", addresses(), "public", LONG));
        second.freeze();
        CompletableFuture<Answer> write = second.register("c2-1", ORDERS, List.of(Instance.ephemeral("10.0.0.3", 80)));
        second.kill();
        assertThat(write.join().type()).isEqualTo(Event.Type.INFO);
        assertThat(second.list(at("s1"), ORDERS, ReadLevel.LOCAL, LONG).join().type())
                .isEqualTo(Event.Type.FAIL);
        assertThat(second.alive()).isFalse();
        second.close();
        assertThat(stage.workers()).containsExactly(worker);
    }

    /** Twice, because not every move is to another address. */
    private void serverMoves() {
        ServerNode s2 = stage.server("s2");
        assertThatThrownBy(s2::move).isInstanceOf(IllegalStateException.class).hasMessageContaining("s2 runs");
        for (int move = 1; move <= 2; move++) {
            s2.kill();
            String before = s2.clientAddress();
            s2.move();
            assertThat(s2.knownAt(before)).isTrue();
            assertThat(s2.knownAt(s2.clientAddress())).isTrue();
            s2.start();
            assertThat(s2.awaitReady(LONG)).isTrue();
            inTheEnd(() -> worker.list(s2.clientAddress(), ORDERS, ReadLevel.LINEARIZABLE, LONG));
        }
    }

    private void guestComesAndGoes() {
        ServerNode s4 = stage.invite("s4");
        assertThat(stage.everyone()).hasSize(4).contains(s4);
        assertThat(stage.server("s4")).isSameAs(s4);
        s4.start();
        assertThat(s4.awaitReady(LONG)).isTrue();
        inTheEnd(() -> worker.list(s4.clientAddress(), ORDERS, ReadLevel.LINEARIZABLE, LONG));
        assertThat(Departures.all(stage, LONG)).isEmpty();
        assertThat(stage.guests()).isEmpty();
        assertThat(s4.alive()).isFalse();
        s4.start();
        assertThat(s4.alive()).as("started after it was dismissed").isFalse();
        inTheEnd(() -> write("s1", "6", OptionalLong.empty()));
    }

    private CompletableFuture<Answer> write(String server, String value, OptionalLong ifRevision) {
        return worker.write(at(server), ORDERS, List.of(persistent(value)), ifRevision, LONG);
    }

    private static boolean conflict(Answer answer) {
        return answer.type() == Event.Type.FAIL && answer.error().orElse("").startsWith("REVISION_CONFLICT");
    }

    /** On a busy machine a leader may be lost at any time, and with it what was under way. */
    private static Answer inTheEnd(Supplier<CompletableFuture<Answer>> call) {
        return await().atMost(LONG).until(() -> call.get().join(), answer -> answer.type() == Event.Type.OK);
    }

    private Answer list(String server, Duration deadline) {
        return worker.list(at(server), ORDERS, ReadLevel.LOCAL, deadline).join();
    }

    private static Instance persistent(String value) {
        return Instance.persistent("10.0.0.2", 80).withMetadata("v", value);
    }

    private static Answer ok(CompletableFuture<Answer> answer) {
        Answer end = answer.join();
        assertThat(end.type()).as(end.toString()).isEqualTo(Event.Type.OK);
        return end;
    }

    private String at(String server) {
        return stage.server(server).clientAddress();
    }

    private List<String> addresses() {
        return stage.servers().stream().map(ServerNode::clientAddress).toList();
    }
}
