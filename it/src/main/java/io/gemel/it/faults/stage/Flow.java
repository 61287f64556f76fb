package io.gemel.it.faults.stage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/** One direction of a relayed connection: what was read and is not there yet. Confined to the relays' thread. */
final class Flow {
    /** Then the sender is held back, as TCP's window does. */
    private static final int QUEUED_MAX = 256 * 1024;

    private final Link link;
    private final Pace pace;
    private final Deque<Chunk> queue = new ArrayDeque<>();
    private long queued;
    private long lastDue = Long.MIN_VALUE;
    private End end = End.OPEN;
    private boolean blocked;
    private boolean passed;

    Flow(Link link, Pace pace) {
        this.link = link;
        this.pace = pace;
    }

    private record Chunk(long due, ByteBuffer bytes) {}

    /** What is known of the sender. */
    private enum End {
        OPEN,
        /** It has said all. */
        FINISHED,
        /** It is gone, or the connection is. */
        RESET
    }

    Link link() {
        return link;
    }

    boolean cut() {
        return pace.cut(link);
    }

    boolean wantsRead() {
        return end == End.OPEN && queued < QUEUED_MAX && !cut();
    }

    boolean wantsWrite() {
        return blocked && !cut();
    }

    /** Takes what the sender has sent. */
    void read(SocketChannel from, long now) {
        if (!wantsRead()) {
            return;
        }
        ByteBuffer bytes = pace.scratch(link);
        int count;
        try {
            count = from.read(bytes);
        } catch (IOException e) {
            end = End.RESET;
            return;
        }
        if (count < 0) {
            end = End.FINISHED;
        } else if (count > 0) {
            lastDue = Math.max(lastDue, pace.due(link, count, now)); // never out of order
            queue.add(new Chunk(
                    lastDue, ByteBuffer.allocate(count).put(bytes.flip()).flip()));
            queued += count;
        }
    }

    /** Hands on what is due. Throws if the receiver is gone. */
    void write(SocketChannel to, long now) throws IOException {
        blocked = false;
        if (cut()) {
            return;
        }
        for (Chunk head = queue.peek(); head != null && head.due() <= now; head = queue.peek()) {
            queued -= to.write(head.bytes());
            if (head.bytes().hasRemaining()) {
                blocked = true;
                return;
            }
            queue.remove();
        }
        if (queue.isEmpty() && end == End.FINISHED && !passed) {
            to.shutdownOutput();
            passed = true;
        }
    }

    /** The sender is known to be gone. */
    void senderGone() {
        if (end == End.OPEN) {
            end = End.RESET;
        }
    }

    /** The receiver is gone: there is nobody to hand anything to. */
    void receiverGone() {
        queue.clear();
        queued = 0;
        blocked = false;
    }

    /** Whether the receiver is to be told now that the sender is gone. */
    boolean resets() {
        return end == End.RESET && queue.isEmpty() && !cut();
    }

    /** Whether the sender's end was handed on. */
    boolean done() {
        return passed;
    }

    /** When the next bytes are due; {@link Long#MAX_VALUE} if none wait for their time. */
    long nextDue() {
        Chunk head = queue.peek();
        return head == null || blocked || cut() ? Long.MAX_VALUE : head.due();
    }
}
