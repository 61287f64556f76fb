package io.gemel.client.internal;

/**
 * How much goes into one message that carries several requests: as many as a server takes, and no more bytes than is any use. A large one
 * goes by itself, so that no message is larger than the largest request.
 */
final class MessageFill {
    /** What the contract allows. */
    private static final int COUNT_MAX = 256;

    private static final int BYTES_MAX = 64 * 1024;

    private int count;
    private int bytes;

    /** Whether a request of so many bytes still goes into the message; it counts as taken then. */
    boolean takes(int size) {
        boolean full = count == COUNT_MAX || bytes + size > BYTES_MAX;
        if (full && count > 0) {
            return false;
        }
        count++;
        bytes += size;
        return true;
    }
}
