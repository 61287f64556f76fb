package io.gemel.naming;

/**
 * An instance as the registry holds it.
 *
 * @param instance what was registered
 * @param revision the Raft log index of the write that made it so; 0 for an ephemeral instance
 */
public record Registration(Instance instance, long revision) {
    /** What identifies the instance within its service. */
    public InstanceKey key() {
        return instance.key();
    }
}
