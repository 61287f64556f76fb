package io.gemel.consistency.distro;

import io.gemel.consistency.wire.OriginMessage;

/** How the core reaches its peers. In production one gRPC stream each. Called within the naming loop. */
interface PeerLinks {
    /** Whether the link to {@code peer} takes a message without buffering it. */
    boolean ready(String peer);

    /** Sends {@code message} on the open link to {@code peer}; lost without a word if the link breaks. */
    void send(String peer, OriginMessage message);
}
