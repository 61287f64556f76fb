package io.gemel.it.faults.agent.inside;

import io.gemel.naming.InstanceKey;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.ThreadLoop;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Nodes that do not look after themselves. */
final class NodeBugs {
    private NodeBugs() {}

    static List<Bug> all() {
        return List.of(
                Bug.of("thread-leak", Weave.into("naming.Publications", "put", leavesThreads())),
                Bug.of("file-leak", Weave.into("naming.Publications", "put", leavesFilesOpen())),
                Bug.of("state-off-loop", Weave.into("consistency.raft.RaftState", "show", writesTheIndexItself())));
    }

    private static Twist leavesThreads() {
        return first(call -> {
            var unused = new ThreadLoop("leaked", 1, System::nanoTime, failure -> {});
        });
    }

    private static Twist leavesFilesOpen() {
        List<InputStream> open = Collections.synchronizedList(new ArrayList<>());
        Path file = Path.of(System.getProperty("java.home"), "release");
        return first(call -> {
            try {
                open.add(Files.newInputStream(file));
            } catch (IOException e) {
                throw Refusal.of("file " + file + ": " + e);
            }
        });
    }

    /** What is applied is written into the index where it is applied, not on the naming loop. */
    private static Twist writesTheIndexItself() {
        return first(call -> {
            ServiceIndex index = (ServiceIndex) Peek.field(call.object(), "index");
            for (Object effect : (List<?>) call.arguments()[0]) {
                if (!effect.getClass().getSimpleName().equals("OfInstance")) {
                    continue;
                }
                Optional<?> now = (Optional<?>) Peek.field(effect, "now");
                index.persistent(
                        (ServiceId) Peek.field(effect, "service"),
                        (InstanceKey) Peek.field(effect, "key"),
                        now.map(Registration.class::cast));
            }
        });
    }

    private static Twist first(Deed deed) {
        return new Twist() {
            @Override
            public @Nullable Object before(Call call) {
                deed.on(call);
                return null;
            }
        };
    }

    /** What is done before the method runs. */
    @FunctionalInterface
    private interface Deed {
        void on(Twist.Call call);
    }
}
