package io.gemel.it.faults.agent.inside;

import io.gemel.naming.ThreadLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Halts the process when an armed place was passed often enough.
 *
 * <p>A control file arms it: one line, the place's name and a count. It is looked for a few times a second and deleted once
 * read; beside it, in a file of the same name with {@code .died} behind, stands at which place the process then ended.
 */
final class FailPointSwitch {
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int KILLED = 137;

    private final Path control;
    private volatile @Nullable Armed armed;

    FailPointSwitch(Path control) {
        this.control = control;
    }

    /** Looks at the control file from now on. */
    void follow() {
        ThreadLoop loop = new ThreadLoop("faults-agent", 16, System::nanoTime, failure -> {
            throw Refusal.of("control file " + control + ": " + failure);
        });
        loop.every(LOOK, this::look);
    }

    /** What halts at the place {@code name}. */
    Twist at(String name, boolean after) {
        return new Twist() {
            @Override
            public @Nullable Object before(Call call) {
                if (!after) {
                    pass(name);
                }
                return null;
            }

            @Override
            public @Nullable Object after(Call call, @Nullable Object result) {
                if (after) {
                    pass(name);
                }
                return result;
            }
        };
    }

    private void look() {
        if (!Files.exists(control)) {
            return;
        }
        try {
            String[] words = Files.readString(control).strip().split(" ", -1);
            Files.delete(control);
            if (words.length == 2) {
                armed = new Armed(words[0], Integer.parseInt(words[1]));
                Voice.say("armed " + words[0] + " " + words[1]);
            }
        } catch (IOException e) {
            throw Refusal.of("control file " + control + ": " + e);
        }
    }

    private void pass(String name) {
        Armed present = armed;
        if (present != null && present.name.equals(name) && present.last()) {
            try {
                Files.writeString(control.resolveSibling(control.getFileName() + ".died"), name + "\n");
            } catch (IOException e) {
                Voice.say("not told of the end at " + name + ": " + e);
            }
            Voice.say("halts at " + name);
            Runtime.getRuntime().halt(KILLED);
        }
    }

    /** Where to halt, and how often it is still to be passed. */
    private static final class Armed {
        final String name;
        private int left;

        Armed(String name, int left) {
            this.name = name;
            this.left = left;
        }

        synchronized boolean last() {
            return --left == 0;
        }
    }
}
