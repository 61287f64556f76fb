package io.gemel.transport.grpc;

import io.grpc.ServerCall;

/**
 * How far a stream of requests is read. Another message is asked for only while a full one would leave no more requests without their
 * answers than may be in flight, and none while answers back up; HTTP/2 flow control makes the client wait (I7). Any thread.
 */
final class ReadAhead {
    private final ServerCall<?, ?> call;
    private final int inFlightMax;
    private final int messageMax;
    private int inFlight;
    private boolean reads;
    private boolean ended;

    /**
     * Reads nothing before {@link #readOn}.
     *
     * @param messageMax how many requests one message may hold
     */
    ReadAhead(ServerCall<?, ?> call, int inFlightMax, int messageMax) {
        this.call = call;
        this.inFlightMax = inFlightMax;
        this.messageMax = messageMax;
    }

    /** So many requests of the message that was asked for want an answer. */
    synchronized void taken(int requests) {
        inFlight += requests;
    }

    /** One request has its answer. */
    synchronized void answered() {
        inFlight--;
    }

    /** How many requests want an answer. */
    synchronized int inFlight() {
        return inFlight;
    }

    /** The message that was asked for is worked off. */
    void workedOff() {
        synchronized (this) {
            reads = false;
        }
        readOn();
    }

    /** Asks for the next message, unless one is on its way or there is no room. */
    void readOn() {
        synchronized (this) {
            if (reads || ended || inFlight > inFlightMax - messageMax || !call.isReady()) {
                return;
            }
            reads = true;
        }
        call.request(1);
    }

    /** Nothing more is read. */
    synchronized void end() {
        ended = true;
    }
}
