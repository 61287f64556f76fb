package io.gemel.it.faults.stage;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** When what goes along a link may arrive. Confined to the relays' thread. */
final class Pace {
    private static final int CHUNK_MAX = 16 * 1024;
    private static final int CHUNK_MIN = 64;

    /** A slow host sends this many times a second, so that it is slow rather than bursting. */
    private static final int CHUNKS_PER_SECOND = 20;

    private static final long SECOND = 1_000_000_000L;

    private final Map<String, Long> freeAt = new HashMap<>();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(CHUNK_MAX);
    private LinkFaults faults = LinkFaults.NONE;

    void follow(LinkFaults now) {
        faults = now;
        freeAt.keySet().retainAll(now.slowed());
    }

    LinkFaults faults() {
        return faults;
    }

    boolean cut(Link link) {
        return faults.cut().contains(link);
    }

    /** Empty, and as large as what may be taken at once from this link. Good until the next call. */
    ByteBuffer scratch(Link link) {
        boolean slow = faults.slowed().contains(link.from());
        long size = slow ? Math.max(CHUNK_MIN, faults.bytesPerSecond() / CHUNKS_PER_SECOND) : CHUNK_MAX;
        return scratch.clear().limit((int) Math.min(CHUNK_MAX, size));
    }

    /** When {@code bytes} that leave at {@code now} are there. */
    long due(Link link, int bytes, long now) {
        long due = now;
        if (faults.slowed().contains(link.from())) {
            Long free = freeAt.get(link.from());
            due = (free == null ? now : Math.max(now, free)) + bytes * SECOND / faults.bytesPerSecond();
            freeAt.put(link.from(), due);
        }
        if (faults.delayed().contains(link)) {
            long jitter = faults.jitter().toNanos();
            due += faults.delay().toNanos()
                    + (jitter > 0 ? ThreadLocalRandom.current().nextLong(jitter) : 0);
        }
        return due;
    }
}
