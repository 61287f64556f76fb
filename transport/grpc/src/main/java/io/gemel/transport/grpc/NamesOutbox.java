package io.gemel.transport.grpc;

import com.google.protobuf.ByteString;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceNames;
import io.gemel.naming.ServicePattern;
import io.grpc.ServerCall;
import java.io.InputStream;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names of services that one client has yet to be sent: of each pattern the rest of what it is being sent, and the newest. Guarded by
 * the lock of its {@link Outbox}.
 *
 * <p>All names of a pattern may take many messages, so they are sent as the client reads them, and what changes meanwhile waits as the newest
 * names alone (I7).
 */
final class NamesOutbox {
    static final int PATTERNS_MAX = 100;

    private final Map<ServicePattern, Followed> followed = new HashMap<>();
    private final Set<Followed> unsent = new LinkedHashSet<>();

    /** What this client knows of a pattern, once it has read the rest. */
    private static final class Followed {
        @Nullable
        ServiceNames sent;

        @Nullable
        ServiceNames newest;

        Iterator<ByteString> rest = Collections.emptyIterator();

        /** The next message; takes up the newest names when the last ones are through. Null if there is nothing to send. */
        @Nullable
        ByteString next() {
            ServiceNames now = newest;
            if (!rest.hasNext() && now != null) {
                rest = (sent == null ? now.as(NamesCodec.V1) : now.since(sent, NamesCodec.V1)).iterator();
                sent = now;
                newest = null;
            }
            return rest.hasNext() ? rest.next() : null;
        }
    }

    /** Lets names of {@code pattern} pass, all of them first, whatever was sent before; throws {@code OVERLOADED} beyond the limit. */
    void watch(ServicePattern pattern) {
        if (followed.size() >= PATTERNS_MAX && !followed.containsKey(pattern)) {
            throw new RegistryException(
                    Code.OVERLOADED,
                    "watch_services: " + pattern + " (expected: at most " + PATTERNS_MAX + " patterns in a session)");
        }
        unwatch(pattern);
        followed.put(pattern, new Followed());
    }

    void unwatch(ServicePattern pattern) {
        Followed ended = followed.remove(pattern);
        if (ended != null) {
            unsent.remove(ended);
        }
    }

    void offer(ServiceNames names) {
        Followed known = followed.get(names.pattern());
        if (known != null && (known.sent == null || known.sent.revision() != names.revision())) {
            known.newest = names;
            unsent.add(known);
        }
    }

    /** Sends what there is, while {@code call} takes it. */
    void send(ServerCall<?, InputStream> call) {
        for (Iterator<Followed> waiting = unsent.iterator(); waiting.hasNext() && call.isReady(); ) {
            Followed each = waiting.next();
            ByteString message = each.next();
            while (message != null) {
                call.sendMessage(new SharedBytes(message));
                message = call.isReady() ? each.next() : null;
            }
            if (each.newest == null && !each.rest.hasNext()) {
                waiting.remove();
            }
        }
    }

    void clear() {
        followed.clear();
        unsent.clear();
    }
}
