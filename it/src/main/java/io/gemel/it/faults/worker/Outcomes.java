package io.gemel.it.faults.worker;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Seen;
import io.gemel.naming.Durability;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Written;
import java.util.List;
import java.util.Optional;

/** What answers and refusals of the registry are in a history. Stateless; any thread. */
final class Outcomes {
    /** The metadata entry that a registering client writes its value into. */
    private static final String VALUE = "v";

    private Outcomes() {}

    static Answer done() {
        return ok(0, List.of());
    }

    static Answer written(Written written) {
        return ok(written.revision(), List.of());
    }

    static Answer view(ServiceView view) {
        return ok(view.revision(), seen(view));
    }

    static List<Seen> seen(ServiceView view) {
        return view.registrations().stream()
                .filter(registration -> !registration.suspect()) // it counts as not listed
                .map(Outcomes::seen)
                .toList();
    }

    /** Only an unknown outcome is unknown: every other refusal promises that nothing was done. */
    static Answer refused(RegistryException refusal) {
        Event.Type type = refusal.code().nothingDone() ? Event.Type.FAIL : Event.Type.INFO;
        return new Answer(type, 0, List.of(), Optional.of(refusal.code() + ": " + refusal.getMessage()));
    }

    static Answer failed(String error) {
        return new Answer(Event.Type.FAIL, 0, List.of(), Optional.of(error));
    }

    static Answer unknown(String error) {
        return new Answer(Event.Type.INFO, 0, List.of(), Optional.of(error));
    }

    private static Answer ok(long revision, List<Seen> seen) {
        return new Answer(Event.Type.OK, revision, seen, Optional.empty());
    }

    private static Seen seen(Registration registration) {
        InstanceKey key = registration.instance().key();
        return new Seen(
                key.ip() + ":" + key.port() + "/" + key.cluster(),
                registration.instance().metadata().getOrDefault(VALUE, ""),
                registration.revision(),
                registration.instance().durability() == Durability.EPHEMERAL);
    }
}
