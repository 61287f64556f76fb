package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * AP11: a service shows nothing that nobody registered under it, in particular nothing of another namespace or group. Every
 * registration must be in the history.
 */
final class Namespaces implements Check {
    @Override
    public String name() {
        return "namespaces";
    }

    @Override
    public String promise() {
        return "A service shows only what was registered under it, and nothing of another namespace.";
    }

    private record Instance(String key, String value) {}

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Map<Instance, Event> registered = new HashMap<>();
        Map<Instance, List<Event>> elsewhere = new HashMap<>();
        long judged = 0;
        for (Event event : evidence.history().events()) {
            boolean registers = event.op() == Op.REGISTER || event.op() == Op.CAS;
            if (registers && event.type() == Event.Type.INVOKE) {
                String value = event.value().orElse("");
                registered.putIfAbsent(new Instance(event.key(), value), event);
                elsewhere
                        .computeIfAbsent(new Instance(Keys.instance(event.key()), value), instance -> new ArrayList<>())
                        .add(event);
            } else if (event.type() == Event.Type.OK && (event.op() == Op.LIST || event.op() == Op.VIEW)) {
                for (Seen seen : event.seen()) {
                    judged++;
                    if (!registered.containsKey(new Instance(event.key() + "#" + seen.key(), seen.value()))) {
                        tell(judgement, event, seen, elsewhere.get(new Instance(seen.key(), seen.value())));
                    }
                }
            }
        }
        judgement.figure("instances judged", judged);
        return judged == 0
                ? judgement.undecided("no instance was shown")
                : judgement.verdict("%,d instances, each where it was registered".formatted(judged));
    }

    private static void tell(Judgement judgement, Event event, Seen seen, @Nullable List<Event> elsewhere) {
        List<Event> events = new ArrayList<>(List.of(event));
        String origin = "nobody registered it";
        if (elsewhere != null) {
            events.add(elsewhere.get(0));
            origin = "it belongs to " + Keys.service(elsewhere.get(0).key());
        }
        judgement.broken(
                "%s was shown %s=%s under %s at %s by %s; %s"
                        .formatted(
                                event.process(),
                                seen.key(),
                                seen.value(),
                                event.key(),
                                Spans.moment(event.nanos()),
                                event.node(),
                                origin),
                events);
    }
}
