package io.gemel.naming;

/**
 * An instance as the registry shows it.
 *
 * @param instance what was registered, with what operators set for its address put over it
 * @param revision the Raft log index of the write that registered it so; 0 for an ephemeral instance
 * @param overridden whether operators set anything for its address; {@link Naming#describe} tells what
 */
public record Registration(Instance instance, long revision, boolean overridden) {
    /** One for which operators set nothing. */
    public Registration(Instance instance, long revision) {
        this(instance, revision, false);
    }

    /** What identifies the instance within its service. */
    public InstanceKey key() {
        return instance.key();
    }
}
