package io.gemel.client;

/** In which way a {@link Balancer} chooses among the instances of a service. */
public enum Strategy {
    /** Each in turn, in the order of their keys; every balancer begins at another one. */
    ROUND_ROBIN,

    /** Any, all with the same chance. */
    RANDOM,

    /** Any, each with a chance in proportion to its weight. */
    WEIGHTED,

    /** The one that this balancer has not chosen for the longest time; one that has just come, at once. */
    LEAST_RECENTLY_USED,

    /**
     * The one that this balancer has chosen least often. One that has just come, or comes back, counts as chosen as often as the one
     * that was chosen least: it gets its share from now on, and not what it has missed.
     */
    LEAST_FREQUENTLY_USED,

    /**
     * The same one for the same key, in every balancer that sees the same instances: by rendezvous hashing, in proportion to the weights.
     * When an instance goes, its keys alone go to others, each to another; when one comes, it takes its share of the keys from all, and no
     * other key moves. Choosing takes time in proportion to the number of instances.
     */
    CONSISTENT_HASH
}
