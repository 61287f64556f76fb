package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What watchers were shown. A {@code VIEW} is by the client that watches, at the server of its session then, with the revision
 * of the view. A client may say which services it watches by a {@code VIEW} of type {@code INVOKE} each, and is then owed a view of
 * them until it ends the watch by one of type {@code INFO}. Where no client says so, each is owed those that another client in its client process (the value of its {@code OPEN}) was shown, if it
 * registers nothing itself.
 */
final class Watchers {
    private final Map<Watch, List<Event>> views = new LinkedHashMap<>();
    private final Set<Watch> ended = new HashSet<>();

    /** One client's watch of one service. */
    record Watch(String watcher, String service) {}

    Watchers(Evidence evidence) {
        List<Event> events = evidence.history().events();
        for (Event event : events) {
            if (event.op() == Op.VIEW) {
                List<Event> shown =
                        views.computeIfAbsent(new Watch(event.process(), event.key()), watch -> new ArrayList<>());
                switch (event.type()) {
                    case OK -> shown.add(event);
                    case INVOKE -> ended.remove(new Watch(event.process(), event.key()));
                    case INFO -> ended.add(new Watch(event.process(), event.key()));
                    case FAIL -> {}
                }
            }
        }
        boolean announced =
                events.stream().anyMatch(event -> event.op() == Op.VIEW && event.type() == Event.Type.INVOKE);
        if (!announced) {
            addOwed(events);
        }
    }

    private void addOwed(List<Event> events) {
        Map<String, String> processes = new HashMap<>();
        for (Event event : events) {
            if (event.op() == Op.OPEN && event.type() == Event.Type.OK) {
                event.value().ifPresent(process -> processes.put(event.process(), process));
            }
        }
        for (Event event : events) {
            if (event.op() == Op.REGISTER) {
                processes.remove(event.process());
            }
        }
        for (Watch watch : List.copyOf(views.keySet())) {
            String process = processes.get(watch.watcher());
            processes.forEach((client, its) -> {
                if (its.equals(process)) {
                    views.computeIfAbsent(new Watch(client, watch.service()), owed -> new ArrayList<>());
                }
            });
        }
    }

    /** What each was shown, in order. */
    Map<Watch, List<Event>> views() {
        return views;
    }

    /** Whether {@code watch} had not been ended in the end. */
    boolean goesOn(Watch watch) {
        return !ended.contains(watch);
    }

    int count() {
        return views.values().stream().mapToInt(List::size).sum();
    }

    /** Hands over each view with the one before it. */
    void forEachPair(BiConsumer<Event, Event> pair) {
        for (List<Event> shown : views.values()) {
            for (int i = 1; i < shown.size(); i++) {
                pair.accept(shown.get(i - 1), shown.get(i));
            }
        }
    }
}
