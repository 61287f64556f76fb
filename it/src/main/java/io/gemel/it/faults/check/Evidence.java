package io.gemel.it.faults.check;

import io.gemel.it.faults.history.History;
import io.gemel.it.faults.history.NodeSample;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All that a run left for judgement. Confined to one thread.
 *
 * <p>What several checks draw from it is drawn once for all of them: a simulated run is over in less time than it takes to draw
 * all of that for each check anew. So none of it may be changed by a check.
 */
public final class Evidence {
    private final History history;
    private final List<NodeSample> samples;
    private final Map<String, Path> logs;
    private final Bounds bounds;
    private final Once<Faults> faults = new Once<>(() -> Faults.of(this));
    private final Once<Fates> fates = new Once<>(() -> new Fates(this));
    private final Once<Roster> roster = new Once<>(() -> new Roster(this));
    private final Once<Sight> sight = new Once<>(() -> new Sight(this));
    private final Once<Samples> sampled = new Once<>(() -> new Samples(this));
    private final Once<Watchers> watchers = new Once<>(() -> new Watchers(this));
    private final Once<Incarnations> incarnations = new Once<>(() -> Incarnations.of(this));
    private final Once<List<Listing>> lists = new Once<>(() -> Listing.of(history()));
    private final Once<List<Operation>> persistent = new Once<>(() -> Linearizability.persistent(history()));

    /**
     * Copies the collections.
     *
     * @param history what clients did and saw, and the faults
     * @param samples of all nodes, by time
     * @param logs each node's log file, by node id
     * @param bounds what was promised of time
     */
    public Evidence(History history, List<NodeSample> samples, Map<String, Path> logs, Bounds bounds) {
        this.history = history;
        this.samples = List.copyOf(samples);
        this.logs = Map.copyOf(logs);
        this.bounds = bounds;
    }

    History history() {
        return history;
    }

    List<NodeSample> samples() {
        return samples;
    }

    Map<String, Path> logs() {
        return logs;
    }

    Bounds bounds() {
        return bounds;
    }

    // ---- what is drawn from it ----

    Faults faults() {
        return faults.get();
    }

    Fates fates() {
        return fates.get();
    }

    Roster roster() {
        return roster.get();
    }

    Sight sight() {
        return sight.get();
    }

    /** The samples up to the end of the run. */
    Samples sampled() {
        return sampled.get();
    }

    Watchers watchers() {
        return watchers.get();
    }

    Incarnations incarnations() {
        return incarnations.get();
    }

    /** All answered ones, by their beginning. */
    List<Listing> lists() {
        return lists.get();
    }

    /** Single operations on persistent instances. */
    List<Operation> persistent() {
        return persistent.get();
    }
}
