package io.gemel.naming;

/**
 * An instance as the registry shows it.
 *
 * @param instance what was registered, with what operators set for its address put over it
 * @param revision the Raft log index of the write that registered it so; 0 for an ephemeral instance
 * @param overridden whether operators set anything for its address; {@link Naming#describe} tells what
 * @param suspect whether it was lost together with many others, without its client's word, and is listed for a while all the same
 *     ({@link LossGuard}); use it if no other is left. Its health stays what it was
 * @param unselected whether the service's selector leaves it out: it is shown, and not to be used ({@link Selectors})
 */
public record Registration(Instance instance, long revision, boolean overridden, boolean suspect, boolean unselected) {
    /** One that no selector leaves out. */
    public Registration(Instance instance, long revision, boolean overridden, boolean suspect) {
        this(instance, revision, overridden, suspect, false);
    }

    /** One that is not suspect. */
    public Registration(Instance instance, long revision, boolean overridden) {
        this(instance, revision, overridden, false);
    }

    /** One for which operators set nothing. */
    public Registration(Instance instance, long revision) {
        this(instance, revision, false);
    }

    /** This one, left out by a selector. */
    Registration leftOut() {
        return new Registration(instance, revision, overridden, suspect, true);
    }

    /** What identifies the instance within its service. */
    public InstanceKey key() {
        return instance.key();
    }
}
