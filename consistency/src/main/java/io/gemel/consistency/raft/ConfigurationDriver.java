package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import com.google.protobuf.ByteString;
import io.gemel.consistency.raft.ConfigurationStep.Configured;
import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one {@link ConfigurationStep} after the other while this node leads; whoever leads next goes on. {@link #tick} belongs
 * to the naming loop, the steps run elsewhere.
 */
final class ConfigurationDriver {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationDriver.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);
    private static final Duration CATCHES_UP_WITHIN = Duration.ofSeconds(1);

    private final Ticker ticker;
    private final Leadership leadership;
    private final AgreedMembers agreed;
    private final String self;
    private final List<Member> founders;
    private final Function<ByteString, CompletableFuture<Decided>> propose;
    private final AtomicBoolean busy = new AtomicBoolean();
    private long lookedNanos;
    private volatile String told = "";
    private volatile Optional<CatchingUp> catchingUp = Optional.empty();

    private record CatchingUp(String id, long sinceNanos) {}

    /** {@code founders} are the members as long as nothing is agreed; {@code propose} works on the leader. */
    ConfigurationDriver(
            Ticker ticker,
            Leadership leadership,
            AgreedMembers agreed,
            String self,
            List<Member> founders,
            Function<ByteString, CompletableFuture<Decided>> propose) {
        this.ticker = ticker;
        this.leadership = leadership;
        this.agreed = agreed;
        this.self = self;
        this.founders = List.copyOf(founders);
        this.propose = propose;
        this.lookedNanos = ticker.nanos() - LOOK_AGAIN.toNanos();
    }

    /** Looks whether there is something to do, now and then; takes steps by {@code raft}, in {@code elsewhere}. */
    void tick(RaftMembers raft, Executor elsewhere) {
        long now = ticker.nanos();
        if (leadership.ours() && now - lookedNanos >= LOOK_AGAIN.toNanos() && busy.compareAndSet(false, true)) {
            lookedNanos = now;
            var unused = CompletableFuture.completedFuture(raft)
                    .thenComposeAsync(this::step, elsewhere)
                    .whenComplete((trouble, failure) -> {
                        ended(failure == null ? trouble : String.valueOf(failure.getMessage()));
                        busy.set(false);
                    });
        }
        catchingUp
                .filter(voter -> now - voter.sinceNanos() >= CATCHES_UP_WITHIN.toNanos())
                .ifPresent(this::nudge);
    }

    /**
     * JRaft takes an answer of the new voter for the sign that it has the log. If the first one comes before JRaft waits for it, there is none until
     * the log grows, and the step never ends while nobody writes: so the log gets an entry, which says of the new voter what the list says already.
     */
    private void nudge(CatchingUp voter) {
        catchingUp = Optional.empty();
        ClusterMembers list = agreed.now();
        list.find(voter.id()).ifPresent(entry -> {
            var unused = propose.apply(MembersCodec.command(List.of(entry), list.revision()));
        });
    }

    /** A trouble that lasts is told once. */
    private void ended(String trouble) {
        if (!trouble.isEmpty() && !trouble.equals(told)) {
            LOG.warn("members not changed, tried again: {}", trouble);
        }
        told = trouble;
    }

    /** Done with what stood in its way; empty if nothing did. */
    private CompletableFuture<String> step(RaftMembers raft) {
        Optional<Configured> configured = raft.configured();
        ClusterMembers list = agreed.now();
        return configured
                .flatMap(known -> ConfigurationStep.next(list, known, self, founders))
                .map(step -> take(step, raft, configured.get(), list))
                .orElseGet(() -> CompletableFuture.completedFuture(""));
    }

    private CompletableFuture<String> take(
            ConfigurationStep step, RaftMembers raft, Configured configured, ClusterMembers list) {
        if (step instanceof ConfigurationStep.Write write) {
            LOG.info("members: {}", write.entries());
            return propose.apply(MembersCodec.command(write.entries(), list.revision()))
                    .thenApply(decided -> "");
        }
        LOG.info("raft configuration: {}", step);
        if (step instanceof ConfigurationStep.AddLearner learner) {
            return checked(raft.addLearner(learner.id()));
        }
        if (step instanceof ConfigurationStep.RemoveLearner learner) {
            return checked(raft.removeLearner(learner.id()));
        }
        if (step instanceof ConfigurationStep.AddVoter voter) {
            catchingUp = Optional.of(new CatchingUp(voter.id(), ticker.nanos()));
            return checked(raft.addVoter(voter.id())).whenComplete((trouble, failure) -> catchingUp = Optional.empty());
        }
        if (step instanceof ConfigurationStep.RemoveVoter voter) {
            return checked(raft.removeVoter(voter.id()));
        }
        return checked(CompletableFuture.completedFuture(successor(list, configured)
                .map(raft::handOver)
                .orElseGet(() -> new Status(RaftError.EPERM, "no other voter is alive to take over"))));
    }

    /** Who could lead instead of this node: a voter that is alive and stays. */
    Optional<String> successor(ClusterMembers list, Configured configured) {
        return configured.alive().stream()
                .filter(id -> !id.equals(self) && configured.voters().contains(id))
                .filter(id -> list.find(id)
                        .filter(entry -> entry.standing() == Standing.VOTER)
                        .isPresent())
                .sorted()
                .findFirst();
    }

    private static CompletableFuture<String> checked(CompletableFuture<Status> done) {
        return done.thenApply(status -> status.isOk() ? "" : String.valueOf(status.getErrorMsg()));
    }
}
