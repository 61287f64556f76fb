package io.gemel.it.faults.check;

import java.util.List;
import java.util.regex.Pattern;

/** No server's log tells of a broken invariant, an error that nobody caught, or memory that ran out or leaks. */
final class Logs implements Check {
    private static final Pattern BAD = Pattern.compile(
            "(?i)\\binvariant\\b|AssertionError|OutOfMemoryError|StackOverflowError|NoClassDefFoundError|\\buncaught\\b"
                    + "|Exception in thread|\\bLEAK:|A fatal error has been detected");
    private static final Pattern FRAME = Pattern.compile("\\s+at .*");
    private static final Pattern ERROR = Pattern.compile("^\\S+ ERROR ");
    private static final int LINE_MAX = 300;

    @Override
    public String name() {
        return "logs";
    }

    @Override
    public String promise() {
        return "No log tells of a broken invariant, an uncaught error, or memory that ran out.";
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        long[] lines = new long[2];
        LogLines.forEach(evidence.logs(), (place, line) -> {
            lines[0]++;
            lines[1] += ERROR.matcher(line).find() ? 1 : 0;
            if (BAD.matcher(line).find() && !FRAME.matcher(line).matches()) {
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
}
