package io.gemel.it.faults.check;

import java.util.List;
import java.util.regex.Pattern;

/**
 * No server's log tells of a broken invariant, an error that nobody caught, or memory that ran out or leaks; nor that the node
 * gave up, unless a fault harmed its disk.
 *
 * <p>Logs tell the time of a wall clock that faults may turn, so that a node whose disk was ever harmed is excused for all of
 * the run. {@link Survival} holds it to the times of the faults.
 */
final class Logs implements Check {
    private static final Pattern BAD = Pattern.compile(
            "(?i)\\binvariant\\b|AssertionError|OutOfMemoryError|StackOverflowError|NoClassDefFoundError|\\buncaught\\b"
                    + "|Exception in thread|\\bLEAK:|A fatal error has been detected");
    private static final Pattern FRAME = Pattern.compile("\\s+at .*");
    private static final Pattern GIVEN_UP = Pattern.compile("^\\S+ ERROR .*\\bcannot go on\\b");
    private static final Pattern ERROR = Pattern.compile("^\\S+ ERROR ");
    private static final int LINE_MAX = 300;

    @Override
    public String name() {
        return "logs";
    }

    @Override
    public String promise() {
        return "No log tells of a broken invariant, an uncaught error, memory that ran out, or a node that gave up with a sound disk.";
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        List<Fault> harm =
                evidence.faults().all().stream().filter(Fault::harmsDisks).toList();
        long[] lines = new long[2];
        LogLines.forEach(evidence.logs(), (place, line) -> {
            lines[0]++;
            lines[1] += ERROR.matcher(line).find() ? 1 : 0;
            boolean bad = BAD.matcher(line).find() && !FRAME.matcher(line).matches();
            if (bad || (GIVEN_UP.matcher(line).find() && !excused(place, harm))) {
                judgement.broken(place + ": " + line.substring(0, Math.min(line.length(), LINE_MAX)), List.of());
            }
        });
        judgement.figure("lines", lines[0]);
        judgement.figure("of them errors", lines[1]);
        return lines[0] == 0
                ? judgement.undecided("there is no log")
                : judgement.verdict("%,d lines of %d logs"
                        .formatted(lines[0], evidence.logs().size()));
    }

    private static boolean excused(String place, List<Fault> harm) {
        String node = place.substring(0, place.indexOf(':'));
        return harm.stream().anyMatch(fault -> fault.anywhere() || fault.nodes().contains(node));
    }
}
