package io.gemel.transport.grpc;

import io.gemel.naming.ClusterMembers;
import io.gemel.naming.Member;
import io.gemel.naming.Membership;
import io.gemel.naming.RegistryException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A membership that notes what it is asked, and answers as it was told to. */
final class ScriptedMembership implements Membership {
    final List<Object> asked = new CopyOnWriteArrayList<>();
    volatile ClusterMembers members;
    volatile @Nullable RegistryException refusal;

    /** What a recovery was asked with. */
    record Recover(Set<String> keep, boolean rehearse) {}

    ScriptedMembership(ClusterMembers members) {
        this.members = members;
    }

    @Override
    public ClusterMembers members() {
        return members;
    }

    @Override
    public CompletableFuture<ClusterMembers> add(Member node) {
        return answered(node, members);
    }

    @Override
    public CompletableFuture<ClusterMembers> remove(String id) {
        return answered(id, members);
    }

    @Override
    public CompletableFuture<String> transferLeadership(Optional<String> to) {
        return answered(to, to.orElse("s2"));
    }

    @Override
    public CompletableFuture<Recovery> recover(Set<String> keep, boolean rehearse) {
        return answered(new Recover(keep, rehearse), new Recovery("s1", 12, 3, 11, List.of("s2")));
    }

    private <T> CompletableFuture<T> answered(Object question, T answer) {
        asked.add(question);
        return refusal == null ? CompletableFuture.completedFuture(answer) : CompletableFuture.failedFuture(refusal);
    }
}
