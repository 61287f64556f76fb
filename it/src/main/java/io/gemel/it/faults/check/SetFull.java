package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lists of a growing set of persistent instances lose nothing that was acknowledged or listed before, and show nothing that was
 * removed for good or never added.
 *
 * <p>Judges every LIST with the value {@code linearizable}, each instance for itself. One that is missing is lost if no later list
 * shows it, and stale otherwise. Every acknowledged addition must be listed at least once more: a run lists each service in
 * the end.
 */
final class SetFull implements Check {
    @Override
    public String name() {
        return "set-full";
    }

    @Override
    public String promise() {
        return "Lists of persistent instances lose nothing acknowledged and resurrect nothing removed.";
    }

    /** A set and what lists showed of it. */
    private static final class Course {
        final Map<String, List<Operation>> writes;
        final Map<String, Operation> known = new HashMap<>();
        final Map<String, List<Operation>> missing = new LinkedHashMap<>();
        final Set<String> stale = new HashSet<>();
        final Set<String> judged = new HashSet<>();

        Course(Map<String, List<Operation>> writes) {
            this.writes = writes;
        }
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Instances instances = new Instances(evidence);
        Map<String, Course> courses = new LinkedHashMap<>();
        int lists = 0;
        for (Operation list : Operation.of(evidence.history(), Op.LIST)) {
            if (list.ok() && Instances.linearizable(list)) {
                lists++;
                judge(judgement, courses.computeIfAbsent(list.key(), key -> new Course(instances.of(key))), list);
            }
        }
        int missing = 0;
        int stale = 0;
        for (Course course : courses.values()) {
            course.missing.forEach((key, events) -> tellMissing(judgement, course, key, events));
            missing += course.missing.size() - course.stale.size();
            stale += course.stale.size();
        }
        List<Operation> added = evidence.persistent().stream()
                .filter(one -> Instances.adds(one) && one.ok())
                .toList();
        long unread = added.stream()
                .filter(one -> !read(instances, courses.get(Keys.service(one.key())), one))
                .count();
        judgement.figure("additions acknowledged", added.size());
        judgement.figure("linearizable lists", lists);
        judgement.figure("lost", missing);
        judgement.figure("stale", stale);
        judgement.figure("acknowledged and never listed again", unread);
        if (lists == 0 || added.isEmpty() || unread > 0) {
            return judgement.undecided("%,d additions, %,d linearizable lists, %,d additions without a later list"
                    .formatted(added.size(), lists, unread));
        }
        return judgement.verdict("%,d additions, none lost".formatted(added.size()));
    }

    private static boolean read(Instances instances, @Nullable Course course, Operation added) {
        return (course != null && course.judged.contains(added.key()))
                || Instances.removal(instances.writes(added.key()), added, Long.MAX_VALUE)
                        .isPresent();
    }

    private static void judge(Judgement judgement, Course course, Operation list) {
        Map<String, Seen> shown = Instances.persistent(list.completion().orElseThrow());
        course.writes.forEach((key, writes) -> {
            Seen seen = shown.remove(key);
            if (seen == null) {
                judgeAbsent(course, key, writes, list);
            } else {
                judgeShown(judgement, course, key, writes, list, seen);
            }
        });
        shown.forEach(
                (key, seen) -> judgement.broken("%s=%s was listed and never added".formatted(key, seen.value()), list));
    }

    private static void judgeAbsent(Course course, String key, List<Operation> writes, Operation list) {
        Optional<Operation> since = writes.stream()
                .filter(write -> Instances.adds(write) && write.ok() && write.before(list))
                .reduce((first, second) -> second)
                .or(() -> Optional.ofNullable(course.known.get(key)).filter(known -> known.before(list)));
        if (since.isPresent()
                && Instances.removal(writes, since.get(), list.to()).isEmpty()) {
            course.judged.add(key);
            course.missing
                    .computeIfAbsent(key, lost -> new ArrayList<>(List.of(since.get())))
                    .add(list);
        }
    }

    private static void judgeShown(
            Judgement judgement, Course course, String key, List<Operation> writes, Operation list, Seen seen) {
        course.known.putIfAbsent(key, list);
        if (course.missing.containsKey(key)) {
            course.stale.add(key);
        }
        boolean acknowledged =
                writes.stream().anyMatch(write -> Instances.adds(write) && write.ok() && write.before(list));
        if (acknowledged) {
            course.judged.add(key);
        }
        Optional<Operation> removal = writes.stream()
                .filter(write -> !Instances.adds(write) && write.ok() && write.before(list))
                .filter(write -> !Instances.addedAgain(writes, write, list.to()))
                .findFirst();
        removal.ifPresent(removed -> judgement.broken(
                "%s=%s was resurrected: listed at %s by %s after its removal at %s"
                        .formatted(
                                key, seen.value(), Spans.moment(list.from()), list.node(), Spans.moment(removed.to())),
                list,
                List.of(removed)));
        boolean written = writes.stream()
                .filter(write -> Instances.adds(write) && write.from() <= list.to())
                .filter(write -> write.value().filter(seen.value()::equals).isPresent())
                .anyMatch(write -> write.revision().isEmpty() || Instances.revision(write) == seen.revision());
        if (!written) {
            judgement.broken(
                    "%s=%s@%d was listed at %s by %s and never written"
                            .formatted(key, seen.value(), seen.revision(), Spans.moment(list.from()), list.node()),
                    list,
                    List.of());
        }
    }

    private static void tellMissing(Judgement judgement, Course course, String key, List<Operation> told) {
        Operation since = told.get(0);
        Operation first = told.get(1);
        Operation last = told.get(told.size() - 1);
        List<Event> events = new ArrayList<>(since.events());
        events.addAll(first.events());
        events.addAll(last.events());
        judgement.broken(
                "%s is %s: %s at %s, and missing from %d lists, first at %s by %s"
                        .formatted(
                                key,
                                course.stale.contains(key) ? "stale" : "lost",
                                since.op() == Op.LIST ? "listed" : "acknowledged",
                                Spans.moment(since.to()),
                                told.size() - 1,
                                Spans.moment(first.from()),
                                first.node()),
                events);
    }
}
