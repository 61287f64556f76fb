package io.gemel.consistency.raft;

import com.google.protobuf.ByteString;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.raft.ConfigurationStep.Configured;
import io.gemel.consistency.wire.MembershipRequest;
import io.gemel.consistency.wire.MembershipResponse;
import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import io.gemel.naming.Membership;
import io.gemel.naming.RegistryException;
import io.grpc.BindableService;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The list of members, agreed through the log. A change is judged by the leader, written into the list on condition that nobody
 * else has changed it meanwhile, and carried out by the leader's {@link ConfigurationDriver}. Thread-safe.
 */
final class RaftMembership implements Membership {
    private static final Logger LOG = LoggerFactory.getLogger(RaftMembership.class);

    private final Members members;
    private final Parts parts;
    private final MembershipCalls calls;
    private final ConfigurationDriver driver;
    private final Set<String> movedUnderWay = ConcurrentHashMap.newKeySet();

    /**
     * What of this node's Raft side it works with.
     *
     * @param group throws {@link RegistryException} while it is not open
     * @param propose puts a command into the log of the leader, which this node has to be
     * @param reaches whether a leader can be asked
     */
    record Parts(
            AgreedMembers agreed,
            Leadership leadership,
            CallsUnderWay underWay,
            Published published,
            Supplier<RaftGroup> group,
            Function<ByteString, CompletableFuture<Decided>> propose,
            Function<String, Boolean> reaches) {}

    RaftMembership(Members members, Parts parts, MembershipCalls calls, ConfigurationDriver driver) {
        this.members = members;
        this.parts = parts;
        this.calls = calls;
        this.driver = driver;
    }

    BindableService service() {
        return calls.service(this::decide);
    }

    @Override
    public ClusterMembers members() {
        ClusterMembers agreed = parts.agreed().now();
        return agreed.revision() > 0
                ? agreed
                : new ClusterMembers(
                        0,
                        members.all().stream()
                                .map(member -> new Entry(member, Standing.VOTER))
                                .toList());
    }

    @Override
    public CompletableFuture<ClusterMembers> add(Member node) {
        return change(calls.request()
                .setAdd(MembersCodec.encode(new Entry(node, Standing.JOINING)))
                .build());
    }

    @Override
    public CompletableFuture<ClusterMembers> remove(String id) {
        return change(calls.request().setRemove(id).build());
    }

    /** This node, a learner, has what the others have. */
    CompletableFuture<ClusterMembers> caughtUp() {
        return change(calls.request().setCaughtUp(members.self().id()).build());
    }

    /** {@code node} is where it says, unless the list says so already; asked for again and again, so what fails is left. */
    void moved(Member node) {
        boolean news = parts.agreed()
                .now()
                .find(node.id())
                .filter(entry -> entry.standing() != Standing.REMOVED)
                .filter(entry -> !entry.member().equals(node))
                .isPresent();
        if (news && movedUnderWay.add(node.id())) {
            var unused = change(calls.request()
                            .setMoved(MembersCodec.encode(new Entry(node, Standing.VOTER)))
                            .build())
                    .whenComplete((list, failure) -> {
                        movedUnderWay.remove(node.id());
                        if (failure != null) {
                            LOG.warn(
                                    "node moved, but the list does not say so yet node={} address={} cause={}",
                                    node.id(),
                                    node.serverAddress(),
                                    failure.getMessage());
                        }
                    });
        }
    }

    private CompletableFuture<ClusterMembers> change(MembershipRequest request) {
        return ask(request, "no leader to agree on a change of members", (call, response) -> {
            ClusterMembers changed = MembersCodec.decode(response.getMembers());
            call.ifLate(
                    RegistryException.Code.UNKNOWN_OUTCOME,
                    "the change is agreed at " + changed.revision() + ", but this node has not applied it in time");
            parts.published().whenReached(changed.revision(), call, () -> call.complete(changed));
        });
    }

    @Override
    public CompletableFuture<String> transferLeadership(Optional<String> to) {
        MembershipRequest request = calls.request().setLead(to.orElse("")).build();
        return ask(request, "no leader to hand over", (call, response) -> awaitLeader(call, response.getSuccessor()));
    }

    private void awaitLeader(Call<String> call, String successor) {
        call.ifLate(
                RegistryException.Code.MEMBERSHIP_REFUSED,
                "node " + successor + " did not take the leadership over in time; look at its log");
        if (parts.leadership().leader().equals(Optional.of(successor))) {
            call.complete(successor);
        } else {
            call.park(() -> awaitLeader(call, successor));
        }
    }

    /** What is done with the leader's answer. */
    private interface Then<T> {
        void answered(Call<T> call, MembershipResponse response);
    }

    private <T> CompletableFuture<T> ask(MembershipRequest request, String reasonIfLate, Then<T> then) {
        try {
            Call<T> call = parts.underWay().admit(RegistryException.Code.NO_LEADER, reasonIfLate);
            attempt(call, request, then);
            return call.future();
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    private <T> void attempt(Call<T> call, MembershipRequest request, Then<T> then) {
        Runnable again = () -> attempt(call, request, then);
        Optional<String> leader = parts.leadership().leader();
        boolean ours = parts.leadership().ours();
        if (leader.isEmpty() || (!ours && !parts.reaches().apply(leader.get()))) {
            call.park(again);
            return;
        }
        CompletableFuture<MembershipResponse> answered = ours
                ? decide(request)
                : calls.ask(leader.get(), request, parts.underWay().nanosLeft(call));
        var unused = answered.whenComplete((response, failure) -> {
            if (response != null) {
                then.answered(call, response);
            } else if (cause(failure) instanceof RegistryException refusal) {
                refused(call, refusal, again);
            } else {
                call.fail(new RegistryException(
                        RegistryException.Code.UNKNOWN_OUTCOME, String.valueOf(failure.getMessage()), failure));
            }
        });
    }

    private static void refused(Call<?> call, RegistryException refusal, Runnable again) {
        switch (refusal.code()) {
            case NO_LEADER, NOT_READY, SHUTTING_DOWN, UNAVAILABLE -> {
                call.ifLate(RegistryException.Code.NO_LEADER, String.valueOf(refusal.getMessage()));
                call.park(again);
            }
            default -> call.fail(refusal);
        }
    }

    // ---- on the leader ----

    private CompletableFuture<MembershipResponse> decide(MembershipRequest request) {
        try {
            RaftGroup group = parts.group().get();
            return CompletableFuture.completedFuture(request)
                    .thenComposeAsync(asked -> decide(asked, group), group::execute);
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    private CompletableFuture<MembershipResponse> decide(MembershipRequest request, RaftGroup group) {
        Configured configured = group.members()
                .configured()
                .filter(known -> parts.leadership().ours())
                .orElseThrow(() -> noLeader("this member leads no longer"));
        ClusterMembers list = parts.agreed().now();
        if (list.revision() == 0) {
            throw noLeader("the list of members is just being written down");
        }
        if (request.hasLead()) {
            return CompletableFuture.completedFuture(handOver(request.getLead(), group, configured, list));
        }
        Optional<Entry> entry = plan(request, list, configured);
        if (entry.isEmpty()) {
            return CompletableFuture.completedFuture(response(list));
        }
        return parts.propose()
                .apply(MembersCodec.command(List.of(entry.get()), list.revision()))
                // If somebody else was faster it is judged again, by the list as it is then.
                .thenCompose(written -> written.conflict().isPresent()
                        ? decide(request)
                        : CompletableFuture.completedFuture(
                                response(parts.agreed().now())));
    }

    private static Optional<Entry> plan(MembershipRequest request, ClusterMembers list, Configured configured) {
        MembershipPlan plan = new MembershipPlan(list);
        return switch (request.getChangeCase()) {
            case ADD -> plan.add(MembersCodec.member(request.getAdd()));
            case REMOVE -> plan.remove(request.getRemove(), configured.alive());
            case CAUGHT_UP -> plan.caughtUp(request.getCaughtUp());
            case MOVED -> plan.moved(MembersCodec.member(request.getMoved()));
            case LEAD, CHANGE_NOT_SET ->
                throw new RegistryException(
                        RegistryException.Code.BAD_REQUEST,
                        "change of members: " + request.getChangeCase()
                                + " (expected: one that this version knows); upgrade all servers to one version");
        };
    }

    private MembershipResponse handOver(String wanted, RaftGroup group, Configured configured, ClusterMembers list) {
        String to = wanted.isEmpty()
                ? driver.successor(list, configured)
                        .orElseThrow(() -> refused("no other voter is alive to take the leadership over"))
                : wanted;
        boolean votes = list.find(to)
                .filter(entry -> entry.standing() == Standing.VOTER)
                .isPresent();
        if (!votes) {
            throw refused("node '" + to + "' cannot lead (expected: one of the voters " + configured.voters() + ")");
        }
        if (!configured.alive().contains(to)) {
            throw refused("node " + to + " is not reached by the leader; choose another one");
        }
        var status = group.members().handOver(to);
        if (!status.isOk()) {
            throw refused("the leadership cannot be handed over now: " + status.getErrorMsg());
        }
        return MembershipResponse.newBuilder().setSuccessor(to).build();
    }

    // ---- without a majority ----

    @Override
    public CompletableFuture<Recovery> recover(Set<String> keep, boolean rehearse) {
        try {
            RaftGroup group = parts.group().get();
            return CompletableFuture.supplyAsync(() -> recover(Set.copyOf(keep), rehearse, group), group::execute);
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    private Recovery recover(Set<String> keep, boolean rehearse, RaftGroup group) {
        refuseRecovery(keep, group);
        if (!rehearse) {
            var status = group.members().reset(keep);
            if (!status.isOk()) {
                throw refused("the group cannot be made smaller now: " + status.getErrorMsg());
            }
        }
        return new Recovery(
                members.self().id(),
                group.files().lastIndex(),
                group.files().lastTerm(),
                parts.published().index(),
                members().present().stream()
                        .map(entry -> entry.member().id())
                        .filter(id -> !keep.contains(id))
                        .toList());
    }

    private void refuseRecovery(Set<String> keep, RaftGroup group) {
        parts.leadership().leader().ifPresent(leader -> {
            throw refused("node " + leader + " leads, so there is a majority; use remove instead");
        });
        if (group.node().isLeader(false)) {
            throw refused(
                    "node " + members.self().id() + " was elected just now, and within the election timeout it will"
                            + " either lead or find that it has no majority; ask again then");
        }
        if (!keep.contains(members.self().id())) {
            throw refused("node " + members.self().id() + " is not among those to keep, " + keep);
        }
        Set<String> unknown = new TreeSet<>(keep);
        members().entries().stream()
                .filter(entry -> entry.standing().votes())
                .forEach(entry -> unknown.remove(entry.member().id()));
        if (!unknown.isEmpty()) {
            throw new RegistryException(
                    RegistryException.Code.BAD_REQUEST,
                    "keep: " + unknown + " (expected: ids of voters, as gemel cluster list shows them)");
        }
    }

    private static MembershipResponse response(ClusterMembers list) {
        return MembershipResponse.newBuilder()
                .setMembers(MembersCodec.encode(list))
                .build();
    }

    /** What a step of a future failed with. */
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static RegistryException noLeader(String why) {
        return new RegistryException(RegistryException.Code.NO_LEADER, why);
    }

    private static RegistryException refused(String why) {
        return new RegistryException(RegistryException.Code.MEMBERSHIP_REFUSED, why);
    }
}
