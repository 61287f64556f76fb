package io.gemel.client.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The client doors this client knows of, in the order in which it tries them, and why each failed last. Confined to the
 * client's loop.
 *
 * <p>The order is random, so that clients with equal lists spread over the servers, and so do those of a server that is lost.
 * Addresses given by the application stay in the list whatever the servers say: they may be all that is reachable.
 */
final class ServerList {
    private final List<String> given;
    private final Random random;
    private final Map<String, String> failures = new LinkedHashMap<>();
    private List<String> order;
    private int next;

    ServerList(List<String> given, Random random) {
        this.given = List.copyOf(given);
        this.random = random;
        this.order = shuffled(given);
    }

    /** The next server to try: each has its turn before one has a second. */
    String next() {
        String address = order.get(next % order.size());
        next = (next + 1) % order.size();
        return address;
    }

    /** All servers, {@code first} first. */
    List<String> from(Collection<String> first) {
        Set<String> all = new LinkedHashSet<>(first);
        all.addAll(order);
        return new ArrayList<>(all);
    }

    int size() {
        return order.size();
    }

    /** The cluster has these members now. Keeps the turn with {@code current}, so that it is tried last. */
    void members(List<String> members, String current) {
        Set<String> all = new LinkedHashSet<>(given);
        members.stream().filter(ServerAddress::valid).forEach(all::add);
        if (!all.equals(Set.copyOf(order))) {
            order = shuffled(all);
        }
        failures.keySet().retainAll(all);
        next = order.indexOf(current) + 1;
    }

    void failed(String address, String why) {
        failures.put(address, why);
    }

    void answered(String address) {
        failures.remove(address);
    }

    /** Every server that failed and why, for people. */
    String failures() {
        return failures.isEmpty()
                ? "no server has answered yet: " + String.join(", ", order)
                : failures.entrySet().stream()
                        .map(failure -> failure.getKey() + ": " + failure.getValue())
                        .collect(Collectors.joining("; "));
    }

    private List<String> shuffled(Collection<String> addresses) {
        List<String> shuffled = new ArrayList<>(addresses);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }
}
