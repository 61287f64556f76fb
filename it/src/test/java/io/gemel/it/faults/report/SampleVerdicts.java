package io.gemel.it.faults.report;

import io.gemel.it.faults.history.Event;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the checks said of a {@link SampleRun}. */
final class SampleVerdicts {
    private static final Map<String, String> PROMISES = new LinkedHashMap<>();

    static {
        PROMISES.put(
                "linearizability",
                "Every operation on a persistent instance takes effect at once, in between its call and its answer.");
        PROMISES.put("set-full", "What was acknowledged is never lost, and what was removed never comes back.");
        PROMISES.put("minimum-revision", "A read at a minimum revision shows nothing older.");
        PROMISES.put(
                "registrations", "An acknowledged instance of a living client is listed by every node within 2 s.");
        PROMISES.put("no-zombies", "No node lists an instance of a dead client for longer than 8 s.");
        PROMISES.put("no-false-empty", "No watcher is shown an empty list that was not true.");
        PROMISES.put("convergence", "All nodes show the same within 10 s of the last fault's end.");
        PROMISES.put("state-hashes", "Equal log index means equal state hash on every node.");
        PROMISES.put("growth", "Threads, file handles and memory do not grow over the run.");
    }

    private SampleVerdicts() {}

    static List<Map<String, Object>> of(Map<String, List<Event>> proof, String label) {
        List<Map<String, Object>> verdicts = new ArrayList<>();
        PROMISES.forEach((check, promise) -> {
            List<Event> named = proof.getOrDefault(check, List.of());
            boolean undecided = check.equals("growth") && !proof.isEmpty();
            Map<String, Object> verdict = new LinkedHashMap<>();
            verdict.put("check", check);
            verdict.put("promise", promise);
            verdict.put("outcome", !named.isEmpty() ? "VIOLATED" : undecided ? "UNDECIDED" : "HOLDS");
            verdict.put("summary", summary(check, named, undecided) + label);
            verdict.put("figures", figures(check));
            verdict.put("findings", named.isEmpty() ? List.of() : List.of(finding(check, named, label)));
            verdicts.add(verdict);
        });
        return verdicts;
    }

    private static String summary(String check, List<Event> named, boolean undecided) {
        if (undecided) {
            return "no node ran for long enough without a restart to tell";
        }
        return named.isEmpty()
                ? "nothing to be found"
                : "one " + check + " case, the first at event " + named.get(0).index();
    }

    private static Map<String, String> figures(String check) {
        Map<String, String> figures = new LinkedHashMap<>();
        if (check.equals("linearizability")) {
            figures.put("keys", "6");
            figures.put("operations", "3,914");
            figures.put("states searched", "18,201");
        } else if (check.equals("convergence")) {
            figures.put("after the last heal", "412 ms");
            figures.put("bound", "10 s");
        }
        return figures;
    }

    private static Map<String, Object> finding(String check, List<Event> named, String label) {
        String what = switch (check) {
            case "linearizability" ->
                "public/g/ledger#10.0.0.4:80/DEFAULT: c3-2 read v40 at revision 17590 from s1 at "
                        + "17.612 s, but c3-1 had written v41 at revision 17607, acknowledged at 17.607 s";
            case "no-zombies" ->
                "10.1.0.99:90/DEFAULT of c4-1, killed at 12.000 s, was shown to w1 by s1 at 26.000 s, "
                        + "14.0 s later (bound: 8 s)";
            default -> "w2 was shown an empty list by s2 at 8.300 s while 6 instances were registered";
        };
        Map<String, Object> finding = new LinkedHashMap<>();
        finding.put("what", what + label);
        finding.put("events", named.stream().map(Event::index).toList());
        if (check.equals("linearizability")) {
            finding.put("impossible", named.get(2).index());
        }
        return finding;
    }
}
