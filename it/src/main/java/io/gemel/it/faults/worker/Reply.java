package io.gemel.it.faults.worker;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Seen;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One line from a client process: the end of a command, or what a watcher was shown; the first one says that it is up.
 *
 * @param id of the command; 0 if a watcher was shown something; -1 once it is up
 * @param type how the command ended
 * @param revision of the write or the view
 * @param seen what a read or a watcher was shown
 * @param error code and cause; absent if all went well
 * @param nanos of a watcher's callback
 * @param client that watches
 * @param service that it watches
 * @param server that its session was at
 */
record Reply(
        long id,
        Event.Type type,
        long revision,
        List<Seen> seen,
        @Nullable String error,
        long nanos,
        String client,
        String service,
        String server) {

    /** The first line. */
    static final Reply UP = new Reply(-1, Event.Type.OK, 0, List.of(), null, 0, "", "", "");

    /** The end of command {@code id}. */
    static Reply of(long id, Answer answer) {
        return new Reply(
                id,
                answer.type(),
                answer.revision(),
                answer.seen(),
                answer.error().orElse(null),
                0,
                "",
                "",
                "");
    }

    static Reply of(Push push) {
        return new Reply(
                0,
                Event.Type.OK,
                push.revision(),
                push.seen(),
                null,
                push.nanos(),
                push.client(),
                push.service(),
                push.server());
    }

    Answer answer() {
        return new Answer(type, revision, seen, Optional.ofNullable(error));
    }

    Push push() {
        return new Push(nanos, client, service, server, revision, seen);
    }
}
