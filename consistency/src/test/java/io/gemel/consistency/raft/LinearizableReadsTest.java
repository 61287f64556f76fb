package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.error.RaftError;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.naming.ManualLoop;
import io.gemel.naming.ManualTicker;
import io.gemel.naming.Member;
import io.gemel.naming.RegistryException;
import io.grpc.Context;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three nodes whose messages are real and whose rounds of JRaft the test ends. */
class LinearizableReadsTest {
    private static final RaftConfig CONFIG = RaftConfig.of(Path.of("unused"), "test", "127.0.0.1");

    private final List<Part> parts = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        List<Integer> ports = TestGroup.freePorts(3);
        List<Member> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(new Member("s" + (i + 1), "127.0.0.1", 1, ports.get(i), 1));
        }
        all.forEach(member -> parts.add(new Part(new Members(member.id(), all))));
        leader().leadership.lead(1);
        List.of(s2(), s3()).forEach(follower -> {
            follower.leadership.follow(1, "s1");
            await().until(() -> follower.forwarding.reaches("s1"));
        });
    }

    @AfterEach
    void stop() {
        parts.forEach(Part::close);
    }

    @Test
    void readsOfAllNodesThatComeWhileARoundIsUnderWayShareTheNext() {
        CompletableFuture<Long> first = leader().read();
        List<CompletableFuture<Long>> ofLeader = leader().reads(20);
        CompletableFuture<Long> early2 = s2().read();
        CompletableFuture<Long> early3 = s3().read();
        List<CompletableFuture<Long>> ofFollowers = new ArrayList<>(s2().reads(20));
        ofFollowers.addAll(s3().reads(20));
        leader().awaitAsked(2);
        assertThat(leader().rounds).hasSize(1);

        leader().confirm(0);
        assertThat(first).isCompleted();
        assertThat(leader().rounds).hasSize(2);
        assertThat(ofLeader).noneMatch(CompletableFuture::isDone);
        assertThat(List.of(early2, early3)).noneMatch(CompletableFuture::isDone);

        leader().confirm(1);
        assertThat(ofLeader).allMatch(CompletableFuture::isDone);
        assertThat(early2).succeedsWithin(Duration.ofSeconds(10));
        assertThat(early3).succeedsWithin(Duration.ofSeconds(10));

        leader().awaitAsked(4);
        leader().confirm(2); // of whoever asked first
        leader().confirm(3);
        assertThat(ofFollowers).allSatisfy(read -> assertThat(read).succeedsWithin(Duration.ofSeconds(10)));
        assertThat(leader().rounds).hasSize(4);
    }

    /** JRaft's own entries count in the log, and not in a state. */
    @Test
    void aFollowerAnswersOnceItShowsWhatTheLeaderHadApplied() {
        CompletableFuture<Long> read = s2().read();
        CompletableFuture<Long> next = s2().read();
        leader().awaitRound(0);
        leader().applied = 7;
        leader().confirm(0, 9);
        leader().awaitAsked(2); // so the first answer has come
        s2().published.advance(6);
        assertThat(read).isNotDone();

        s2().published.advance(7);
        assertThat(read).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(9L);
        assertThat(next).isNotDone();
    }

    @Test
    void theLeaderAnswersOnceItShowsWhatItHadApplied() {
        CompletableFuture<Long> read = leader().read();
        leader().applied = 7;
        leader().confirm(0, 9);
        assertThat(read).isNotDone();
        leader().published.advance(7);
        assertThat(read).isCompletedWithValue(9L);
    }

    @Test
    void readsWaitForAMajorityAndAskAgain() {
        CompletableFuture<Long> ofLeader = leader().read();
        CompletableFuture<Long> ofFollower = s2().read();
        leader().awaitAsked(1);
        leader().fail(0);
        leader().awaitRound(1);
        leader().fail(1);
        assertThat(List.of(ofLeader, ofFollower)).noneMatch(CompletableFuture::isDone);

        leader().underWay.tick(false);
        awaitAskedAgain(s2());
        leader().confirm(2);
        leader().awaitRound(3);
        leader().confirm(3);
        assertThat(ofLeader).isCompleted();
        assertThat(ofFollower).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void whoLeadsNoLongerConfirmsNothingAndTheNextLeaderIsAsked() {
        CompletableFuture<Long> first = leader().read();
        CompletableFuture<Long> read = s2().read();
        leader().awaitAsked(1);
        leader().leadership.follow(2, "s3");
        leader().fail(0);
        assertThat(leader().rounds).hasSize(1);
        assertThat(List.of(first, read)).noneMatch(CompletableFuture::isDone);

        s3().leadership.lead(2);
        s2().leadership.follow(2, "s3");
        await().until(() -> {
            parts.forEach(part -> part.underWay.tick(false));
            return s3().asked.get() == 2;
        });
        s3().confirm(0);
        s3().confirm(1);
        assertThat(first).succeedsWithin(Duration.ofSeconds(10));
        assertThat(read).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void aSilentLeaderIsAskedAgain() {
        CompletableFuture<Long> read = s2().read();
        leader().awaitRound(0);
        s2().ticker.advance(CONFIG.electionTimeout());
        s2().underWay.tick(false); // ends the question
        awaitAskedAgain(s2());
        leader().confirm(0);
        leader().awaitRound(1);
        assertThat(read).isNotDone();
        leader().confirm(1);
        assertThat(read).succeedsWithin(Duration.ofSeconds(10));
    }

    /** The reads of others share the message. */
    @Test
    void aQuestionOutlivesTheCallThatBroughtIt() {
        Context.CancellableContext caller = Context.ROOT.withCancellation();
        List<CompletableFuture<Long>> reads = new ArrayList<>();
        caller.run(() -> reads.add(s2().read()));
        caller.cancel(null);
        leader().awaitRound(0);
        leader().confirm(0);
        assertThat(reads.get(0)).succeedsWithin(Duration.ofSeconds(10));
    }

    /** What was refused is asked again at one of the next ticks. */
    private void awaitAskedAgain(Part follower) {
        await().until(() -> {
            follower.underWay.tick(false);
            return leader().asked.get() == 2;
        });
    }

    private Part leader() {
        return parts.get(0);
    }

    private Part s2() {
        return parts.get(1);
    }

    private Part s3() {
        return parts.get(2);
    }

    /** The reads of one node, with a server port and without JRaft. */
    private static final class Part implements AutoCloseable {
        final Leadership leadership;
        final Published published = new Published();
        final ManualTicker ticker = new ManualTicker();
        final ManualLoop naming = new ManualLoop();
        final CallsUnderWay underWay = new CallsUnderWay(CONFIG, ticker);
        final List<ReadIndexClosure> rounds = new CopyOnWriteArrayList<>();
        final AtomicInteger asked = new AtomicInteger();
        final RaftForwarding forwarding;
        volatile long applied;
        private final LinearizableReads reads;
        private final PeerChannels channels;
        private final Server server;

        Part(Members members) {
            leadership = new Leadership(members.self().id());
            channels = new PeerChannels(members);
            forwarding = new RaftForwarding("test", members, channels, ticker);
            ReadRounds shared = new ReadRounds(naming, ticker, leadership, this::node, () -> applied);
            reads = new LinearizableReads(leadership, forwarding, shared, underWay, published, ticker);
            try {
                server = NettyServerBuilder.forAddress(new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), members.self().serverPort()))
                        .directExecutor()
                        .addService(forwarding.service(
                                command -> CompletableFuture.failedFuture(new AssertionError("no write is expected")),
                                () -> {
                                    Call<Confirmed> question = underWay.track(RegistryException.Code.NO_LEADER, "late");
                                    shared.add(question);
                                    asked.incrementAndGet();
                                    return question.future();
                                }))
                        .build()
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Node node() {
            return (Node) Proxy.newProxyInstance(
                    Node.class.getClassLoader(), new Class<?>[] {Node.class}, (proxy, method, arguments) -> {
                        rounds.add((ReadIndexClosure) arguments[1]);
                        return null;
                    });
        }

        CompletableFuture<Long> read() {
            Call<Long> call = underWay.track(RegistryException.Code.NO_LEADER, "nobody leads");
            reads.attempt(call, call::complete);
            return call.future();
        }

        List<CompletableFuture<Long>> reads(int count) {
            List<CompletableFuture<Long>> begun = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                begun.add(read());
            }
            return begun;
        }

        void awaitAsked(int questions) {
            await().until(() -> asked.get() == questions);
        }

        void awaitRound(int round) {
            await().until(() -> rounds.size() == round + 1);
        }

        void confirm(int round) {
            confirm(round, applied);
        }

        void confirm(int round, long committed) {
            await().until(() -> rounds.size() > round);
            rounds.get(round).setResult(committed, new byte[0]);
            rounds.get(round).run(Status.OK());
            naming.runAll();
        }

        void fail(int round) {
            rounds.get(round).run(new Status(RaftError.EAGAIN, "no entry of its term is committed"));
        }

        @Override
        public void close() {
            channels.close();
            server.shutdownNow();
        }
    }
}
