package io.gemel.consistency.raft;

import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The next thing that a leader does to bring Raft's configuration and the agreed list of members together. The list says what is
 * wanted of who joins or leaves; the configuration says who votes.
 */
sealed interface ConfigurationStep {
    /** {@code id} gets the log from now on, without a vote. */
    record AddLearner(String id) implements ConfigurationStep {}

    /** {@code id}, a learner, gets the log no longer. */
    record RemoveLearner(String id) implements ConfigurationStep {}

    /** {@code id}, which is no learner any more, votes as soon as it has the log. */
    record AddVoter(String id) implements ConfigurationStep {}

    /** {@code id} votes no longer, and gets the log no longer. */
    record RemoveVoter(String id) implements ConfigurationStep {}

    /** Another voter leads: this one is to be removed. */
    record HandOver() implements ConfigurationStep {}

    /** The list is to say so. */
    record Write(List<Entry> entries) implements ConfigurationStep {}

    /**
     * Raft's configuration, as the leader has it.
     *
     * @param alive the voters that it has heard of lately, itself among them
     */
    record Configured(Set<String> voters, Set<String> learners, Set<String> alive) {}

    /**
     * What {@code self}, the leader, is to do; empty if all is as it should be.
     *
     * @param founders who the members are as long as the list does not say
     */
    static Optional<ConfigurationStep> next(
            ClusterMembers list, Configured configured, String self, List<Member> founders) {
        if (list.revision() == 0) {
            return Optional.of(new Write(founders.stream()
                    .map(member -> new Entry(member, Standing.VOTER))
                    .toList()));
        }
        return list.entries().stream()
                .flatMap(entry -> next(entry, configured, self).stream())
                .findFirst();
    }

    private static Optional<ConfigurationStep> next(Entry entry, Configured configured, String self) {
        String id = entry.member().id();
        boolean votes = configured.voters().contains(id);
        boolean learns = configured.learners().contains(id);
        return switch (entry.standing()) {
            case JOINING ->
                votes ? write(entry, Standing.VOTER) : learns ? Optional.empty() : Optional.of(new AddLearner(id));
            // Raft lets nobody be both, not even for the moment of the change.
            case CAUGHT_UP ->
                votes ? write(entry, Standing.VOTER) : Optional.of(learns ? new RemoveLearner(id) : new AddVoter(id));
            // Only a recovery from the loss of a majority takes a vote without being asked through the list.
            case VOTER -> votes ? Optional.empty() : write(entry, Standing.REMOVED);
            case LEAVING -> {
                if (votes) {
                    yield Optional.of(id.equals(self) ? new HandOver() : new RemoveVoter(id));
                }
                yield learns ? Optional.of(new RemoveLearner(id)) : write(entry, Standing.REMOVED);
            }
            case REMOVED -> Optional.empty();
        };
    }

    private static Optional<ConfigurationStep> write(Entry entry, Standing standing) {
        return Optional.of(new Write(List.of(new Entry(entry.member(), standing))));
    }
}
