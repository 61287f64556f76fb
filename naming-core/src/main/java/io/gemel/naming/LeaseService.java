package io.gemel.naming;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Keeps ephemeral instances for as long as their clients send heartbeats. Thread-safe; no method blocks. */
@FunctionalInterface
public interface LeaseService {
    /**
     * Does what {@code request} asks.
     *
     * @return empty if it was a heartbeat for an instance that is not kept where heartbeats go now: its client registers it again,
     *     and until then it stays listed as it was. Fails with {@code OVERLOADED} at the limit of instances, with
     *     {@code DURABILITY_CONFLICT} where a persistent instance is, and with {@code UNAVAILABLE} if no member could be asked
     */
    CompletableFuture<Optional<Written>> ask(LeaseRequest request);
}
