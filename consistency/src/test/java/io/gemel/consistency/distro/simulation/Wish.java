package io.gemel.consistency.distro.simulation;

import io.gemel.consistency.distro.simulation.Observation.Stage;
import io.gemel.naming.Instance;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a client has asked for at one address, in order, and what may therefore be listed there. */
final class Wish {
    private final List<Attempt> attempts = new ArrayList<>(List.of(new Attempt(Optional.empty(), Stage.OK)));

    /** One request: what it wants there, and how it ended; an invocation while it has not. */
    static final class Attempt {
        private final Optional<Instance> wanted;
        private Stage outcome;

        Attempt(Optional<Instance> wanted, Stage outcome) {
            this.wanted = wanted;
            this.outcome = outcome;
        }
    }

    Attempt begin(Optional<Instance> wanted) {
        Attempt attempt = new Attempt(wanted, Stage.INVOKE);
        attempts.add(attempt);
        return attempt;
    }

    void end(Attempt attempt, Stage outcome) {
        attempt.outcome = outcome;
    }

    /** Whether a request is under way. */
    boolean unanswered() {
        return attempts.stream().anyMatch(attempt -> attempt.outcome == Stage.INVOKE);
    }

    /** What the last acknowledged request wants, and what later ones want whose outcome is not known. */
    Set<Optional<Instance>> possible() {
        Set<Optional<Instance>> possible = new HashSet<>();
        for (int i = attempts.size() - 1; i >= 0; i--) {
            Attempt attempt = attempts.get(i);
            if (attempt.outcome != Stage.FAIL) {
                possible.add(attempt.wanted);
            }
            if (attempt.outcome == Stage.OK) {
                break;
            }
        }
        return possible;
    }

    /** What must be listed: empty if that, or whether anything must, is not certain. */
    Optional<Instance> certain() {
        Set<Optional<Instance>> possible = possible();
        return possible.size() == 1 ? possible.iterator().next() : Optional.empty();
    }
}
