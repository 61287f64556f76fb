package io.gemel.naming;

/**
 * An instance as the registry shows it.
 *
 * @param instance what was registered, with what operators set for its address put over it
 * @param revision the Raft log index of the write that registered it so; 0 for an ephemeral instance
 * @param overridden whether operators set anything for its address; {@link Naming#describe} tells what
 * @param suspect whether it was lost together with many others, without its client's word, and is listed for a while all the same
 *     ({@link LossGuard}); use it if no other is left. Its health stays what it was
 */
public record Registration(Instance instance, long revision, boolean overridden, boolean suspect) {
    /** One that is not suspect. */
    public Registration(Instance instance, long revision, boolean overridden) {
        this(instance, revision, overridden, false);
    }

    /** One for which operators set nothing. */
    public Registration(Instance instance, long revision) {
        this(instance, revision, false);
    }

    /** What identifies the instance within its service. */
    public InstanceKey key() {
        return instance.key();
    }
}
