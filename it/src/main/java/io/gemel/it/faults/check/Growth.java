package io.gemel.it.faults.check;

import io.gemel.it.faults.history.NodeSample;
import io.gemel.naming.NodeStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * No process of a server gathers threads, files or memory: the median of the last quarter of its life is near that of the first.
 *
 * <p>What it takes until it is ready, and two seconds more, is left out. The bounds leave room for code that is loaded late, for
 * the clients of servers that are down, and for a young heap. A heap that outgrows its limit ends the process, which {@link
 * Logs} and {@link Survival} tell.
 */
final class Growth implements Check {
    private static final long WARM_UP_NANOS = 2_000_000_000L;
    private static final int SAMPLES_MIN = 12;

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public String promise() {
        return "No server gathers threads, open files or memory over its life.";
    }

    private record Life(String node, int starts) {}

    /** Something that is counted, and how many times as much, and how much more, it may become. */
    private record Measure(String name, double factor, long room, ToLongFunction<NodeSample> of) {
        String text(long value) {
            return name.equals("memory") ? value / 1_000_000 + " MB" : Long.toString(value);
        }
    }

    /** How a measure went over a life. */
    private record Course(Life life, Measure measure, long early, long late, long from, long to) {
        static Course of(Life life, Measure measure, List<NodeSample> samples) {
            int quarter = samples.size() / 4;
            return new Course(
                    life,
                    measure,
                    median(samples.subList(0, quarter), measure),
                    median(samples.subList(samples.size() - quarter, samples.size()), measure),
                    samples.get(0).nanos(),
                    samples.get(samples.size() - 1).nanos());
        }

        @Override
        public String toString() {
            return "%s to %s on %s, start %d, from %s to %s"
                    .formatted(
                            measure.text(early),
                            measure.text(late),
                            life.node(),
                            life.starts(),
                            Spans.moment(from),
                            Spans.moment(to));
        }
    }

    private static final List<Measure> MEASURES = List.of(
            new Measure("threads", 1.25, 32, NodeSample::threads),
            new Measure("open files", 1.25, 48, NodeSample::files),
            new Measure("memory", 1.5, 128_000_000, NodeSample::residentBytes));

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Map<Life, List<NodeSample>> lives = new LinkedHashMap<>();
        for (NodeSample sample : evidence.sampled().all()) {
            if (sample.alive() && sample.threads() > 0) {
                lives.computeIfAbsent(new Life(sample.node(), sample.starts()), life -> new ArrayList<>())
                        .add(sample);
            }
        }
        lives.values().forEach(samples -> {
            long warm = readyAt(samples) + WARM_UP_NANOS;
            samples.removeIf(sample -> sample.nanos() < warm);
        });
        lives.values().removeIf(samples -> samples.size() < SAMPLES_MIN);
        for (Measure measure : MEASURES) {
            lives.entrySet().stream()
                    .map(life -> Course.of(life.getKey(), measure, life.getValue()))
                    .peek(course -> judge(judgement, course))
                    .max(Comparator.comparingLong(course -> course.late() - course.early()))
                    .ifPresent(most -> judgement.figure("most growth of " + measure.name(), most.toString()));
        }
        int judged = lives.size();
        judgement.figure("lives judged", judged);
        return judged == 0
                ? judgement.undecided("no process lived long enough")
                : judgement.verdict("%d lives of servers, none grew".formatted(judged));
    }

    /** When the process was first seen ready; far away if it never was. */
    private static long readyAt(List<NodeSample> samples) {
        return samples.stream()
                .filter(sample -> sample.status().filter(NodeStatus::ready).isPresent())
                .mapToLong(NodeSample::nanos)
                .findFirst()
                .orElse(Long.MAX_VALUE - WARM_UP_NANOS);
    }

    private static void judge(Judgement judgement, Course course) {
        if (course.early() > 0
                && course.late()
                        > course.early() * course.measure().factor()
                                + course.measure().room()) {
            judgement.broken(course.measure().name() + " grew: " + course, List.of());
        }
    }

    private static long median(List<NodeSample> samples, Measure measure) {
        long[] sorted = samples.stream().mapToLong(measure.of()).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
