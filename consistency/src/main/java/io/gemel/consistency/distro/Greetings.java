package io.gemel.consistency.distro;

import com.google.errorprone.annotations.FormatMethod;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.wire.Hello;
import io.gemel.consistency.wire.OriginMessage;
import io.gemel.naming.OriginId;
import io.gemel.naming.RegistryException;

/**
 * How this node introduces itself to a peer, and whom it listens to.
 *
 * <p>What a node that was removed says is not listened to: else what it left would never be dropped. One that was removed
 * itself listens to nobody: who has yet to learn of that would count it as alive.
 */
final class Greetings {
    private static final int VERSION = 1;

    private final String cluster;
    private final Members members;
    private final OriginId own;

    Greetings(String cluster, Members members, OriginId own) {
        this.cluster = cluster;
        this.members = members;
        this.own = own;
    }

    /** The greeting with which a link to {@code peer} begins. */
    OriginMessage hello(String peer) {
        return OriginMessage.newBuilder()
                .setHello(Hello.newBuilder()
                        .setCluster(cluster)
                        .setNode(own.node())
                        .setIncarnation(own.incarnation())
                        .setVersion(VERSION)
                        .setTo(peer))
                .build();
    }

    /** Throws {@link RegistryException} if this node does not listen to who says {@code hello}. */
    void check(Hello hello) {
        if (!hello.getCluster().equals(cluster)) {
            throw refused(
                    "node '%s' of cluster '%s' (expected: a peer of '%s' in cluster '%s')",
                    hello.getNode(), hello.getCluster(), own.node(), cluster);
        }
        if (hello.getVersion() != VERSION) {
            throw refused("Distro version: %d (expected: %d)", hello.getVersion(), VERSION);
        }
        if (!hello.getTo().equals(own.node())) {
            throw refused("to: '%s' (expected: '%s', which is at this address)", hello.getTo(), own.node());
        }
        checkPeer(hello.getNode());
    }

    /** Throws {@link RegistryException} unless {@code node} is a peer: with {@code MEMBERSHIP_REFUSED} if it may be about to become one. */
    void checkPeer(String node) {
        if (!members.present()) {
            throw refused("to: '%s', which is no member (expected: a member)", own.node());
        }
        if (members.peer(node).isEmpty()) {
            throw new RegistryException(
                    RegistryException.Code.MEMBERSHIP_REFUSED,
                    "node '%s' of cluster '%s' (expected: a peer of '%s', as far as that knows)"
                            .formatted(node, cluster, own.node()));
        }
    }

    @FormatMethod
    private static RegistryException refused(String format, Object... values) {
        return new RegistryException(RegistryException.Code.BAD_REQUEST, format.formatted(values));
    }
}
