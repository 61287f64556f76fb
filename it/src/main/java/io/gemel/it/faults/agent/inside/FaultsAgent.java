package io.gemel.it.faults.agent.inside;

import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The agent's entry: {@code -javaagent:faults-agent.jar=KEY=VALUE,…}.
 *
 * <ul>
 *   <li>{@code bug}: the seeded bug to weave
 *   <li>{@code points}: the control file of the fail points; they are woven if it is given
 * </ul>
 */
public final class FaultsAgent {
    private FaultsAgent() {}

    /** Called by the JVM before the program's main method. Ends the process if anything is not as {@code options} ask. */
    @SuppressWarnings("IllegalCatch") // the JVM would go on to say what it thinks of it, and not what was asked
    public static void premain(String options, Instrumentation instrumentation) {
        try {
            Map<String, String> asked = parsed(options);
            List<Weave> weaves = new ArrayList<>();
            String bug = asked.remove("bug");
            if (bug != null) {
                weaves.addAll(Bugs.named(bug).weaves());
            }
            String control = asked.remove("points");
            FailPointSwitch points = new FailPointSwitch(Path.of(control == null ? "" : control));
            if (control != null) {
                weaves.addAll(FailPlace.weaves(points));
            }
            if (!asked.isEmpty()) {
                throw Refusal.of("options: " + asked.keySet() + " (expected: bug, points)");
            }
            Weaver weaver = new Weaver(weaves);
            weaver.require(instrumentation.getAllLoadedClasses());
            instrumentation.addTransformer(weaver);
            if (control != null) {
                points.follow();
            }
            Voice.say("ready " + options);
        } catch (RuntimeException | LinkageError failure) {
            throw Refusal.of(failure.toString());
        }
    }

    private static Map<String, String> parsed(String options) {
        Map<String, String> asked = new HashMap<>();
        for (String option : options.split(",", -1)) {
            String[] parts = option.split("=", 2);
            asked.put(parts[0], parts.length == 2 ? parts[1] : "");
        }
        return asked;
    }
}
