package io.gemel.it.faults.check;

import java.util.List;

/** All promises that a run can be held to. Those that a workload gives no evidence for end undecided: a run asks those it is about. */
public final class Checks {
    private Checks() {}

    /** Every check, in the order of reports. */
    public static List<Check> all() {
        return List.of(
                linearizability(),
                setFull(),
                minimumRevision(),
                sessions(),
                revisionsGrow(),
                registrations(),
                zombies(),
                resurrection(),
                convergence(),
                availability(),
                watchOrder(),
                watchFinal(),
                watchEmpty(),
                watchFlaps(),
                namespaces(),
                stateHashes(),
                origins(),
                leaders(),
                members(),
                recovery(),
                survival(),
                logs(),
                growth());
    }

    /** Single persistent instances behave as one versioned register each. */
    public static Check linearizability() {
        return new Linearizability(Linearizability.CONFIGURATIONS_MAX);
    }

    /** A growing set of persistent instances loses nothing and resurrects nothing. */
    public static Check setFull() {
        return new SetFull();
    }

    /** A read at a minimum revision shows what was written up to it. */
    public static Check minimumRevision() {
        return new MinimumRevision();
    }

    /** Each process reads its own writes and never reads backwards. */
    public static Check sessions() {
        return new Sessions();
    }

    /** Later writes have higher revisions, and one revision has one content. */
    public static Check revisionsGrow() {
        return new RevisionsGrow();
    }

    /** AP1: no acknowledged instance of a living client is missing beyond the bound. */
    public static Check registrations() {
        return new Registrations();
    }

    /** AP2: no instance of a dead client is listed beyond the bound. */
    public static Check zombies() {
        return new Zombies();
    }

    /** AP3: what every node has shown absent does not return. */
    public static Check resurrection() {
        return new Resurrection();
    }

    /** AP4: after healing all nodes show what is true within the bound. */
    public static Check convergence() {
        return new Convergence();
    }

    /** AP5: every node that a client reaches accepts registrations during faults. */
    public static Check availability() {
        return new Availability();
    }

    /** AP6 to AP9 in one list. */
    public static List<Check> watchers() {
        return List.of(watchOrder(), watchFinal(), watchEmpty(), watchFlaps());
    }

    /** AP6: a watcher's revisions only grow on one server. */
    public static Check watchOrder() {
        return new WatchOrder();
    }

    /** AP7: every watcher is shown the final state. */
    public static Check watchFinal() {
        return new WatchFinal();
    }

    /** AP8: no watcher is shown an empty service that was not empty. */
    public static Check watchEmpty() {
        return new WatchEmpty();
    }

    /** AP9: no watcher sees an instance vanish whose owner lives. */
    public static Check watchFlaps() {
        return new WatchFlaps();
    }

    /** AP11: nothing shows under a service that was not registered under it. */
    public static Check namespaces() {
        return new Namespaces();
    }

    /** Equal log index means equal state hash, on every node and over restarts. */
    public static Check stateHashes() {
        return new StateHashes();
    }

    /** Equal sequence of an origin means equal digest; after quiet all nodes are equal. */
    public static Check origins() {
        return new Origins();
    }

    /** A term has one leader. */
    public static Check leaders() {
        return new Leaders();
    }

    /** All nodes agree on who the members are, and nothing is left of those that were removed. */
    public static Check members() {
        return new Membership();
    }

    /** After healing every node is ready and follows one leader within the bound. */
    public static Check recovery() {
        return new Recovery();
    }

    /** No server ends by itself while no fault harms it. */
    public static Check survival() {
        return new Survival();
    }

    /** No log tells of a broken invariant or an uncaught error. */
    public static Check logs() {
        return new Logs();
    }

    /** No server gathers threads, files or memory over its life. */
    public static Check growth() {
        return new Growth();
    }
}
