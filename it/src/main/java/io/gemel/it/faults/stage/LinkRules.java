package io.gemel.it.faults.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What drops packets between the hosts of a network of namespaces. Thread-safe. */
interface LinkRules extends AutoCloseable {
    /** Drops all that goes along these links and no others. */
    void cut(Set<Link> links);

    /** Drops so many of a hundred packets on these links and no others. */
    void lose(int percent, Set<Link> links);

    @Override
    void close();

    /**
     * The best there is.
     *
     * @param prefix what runs a command on a host
     */
    static LinkRules make(Function<String, List<String>> prefix) {
        return BridgeFilter.available() ? new BridgeFilter() : new DeadNeighbours(prefix);
    }

    /** The bridge's port that a host is connected to. */
    static String port(String host) {
        return "to-" + host;
    }

    /** A command on a host. */
    static List<String> with(List<String> prefix, List<String> command) {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return whole;
    }
}
