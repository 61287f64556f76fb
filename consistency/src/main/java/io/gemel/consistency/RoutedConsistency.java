package io.gemel.consistency;

import io.gemel.naming.Change;
import io.gemel.naming.ConsistencyService;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Written;
import java.util.concurrent.CompletableFuture;

/** Sends each write to the protocol its durability asks for. */
public final class RoutedConsistency implements ConsistencyService {
    private final ConsistencyService distro;
    private final ConsistencyService raft;

    /** Routes between {@code distro} for ephemeral and {@code raft} for persistent instances. */
    public RoutedConsistency(ConsistencyService distro, ConsistencyService raft) {
        this.distro = distro;
        this.raft = raft;
    }

    @Override
    public CompletableFuture<Written> write(Change change) {
        return switch (change.durability()) {
            case EPHEMERAL -> distro.write(change);
            case PERSISTENT -> raft.write(change);
        };
    }

    /** Levels are about persistent instances: of ephemeral ones this node's knowledge is all there is. */
    @Override
    public CompletableFuture<Void> readable(ReadLevel level) {
        return raft.readable(level);
    }
}
