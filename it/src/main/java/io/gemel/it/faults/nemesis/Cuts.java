package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.Link;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Which links a partition cuts. Sets keep the order in which links were added. */
final class Cuts {
    private Cuts() {}

    /** Every link from one of {@code from} to one of {@code to}. */
    static Set<Link> oneWay(Collection<String> from, Collection<String> to) {
        Set<Link> links = new LinkedHashSet<>();
        for (String a : from) {
            for (String b : to) {
                if (!a.equals(b)) {
                    links.add(new Link(a, b));
                }
            }
        }
        return links;
    }

    /** Every link between one of {@code some} and one of {@code others}, in both directions. */
    static Set<Link> between(Collection<String> some, Collection<String> others) {
        Set<Link> links = new LinkedHashSet<>(oneWay(some, others));
        links.addAll(oneWay(others, some));
        return links;
    }

    /** Every link between any two. */
    static Set<Link> all(Collection<String> nodes) {
        return oneWay(nodes, nodes);
    }

    /** A majority against the rest. */
    static Set<Link> halves(RandomGenerator random, List<String> nodes) {
        List<String> order = Aimed.shuffled(random, nodes);
        int majority = nodes.size() / 2 + 1;
        return between(order.subList(0, majority), order.subList(majority, order.size()));
    }

    /** Two halves that do not see each other, and one node that sees both. */
    static Set<Link> bridge(RandomGenerator random, List<String> nodes) {
        List<String> order = Aimed.shuffled(random, nodes);
        int half = nodes.size() / 2;
        return between(order.subList(0, half), order.subList(half + 1, order.size()));
    }

    /**
     * Every node hears a majority, and no two hear the same one: the nodes form a ring in which each hears those before it.
     * With three nodes each hears one other, and is heard by the third.
     */
    static Set<Link> ring(RandomGenerator random, List<String> nodes) {
        List<String> order = Aimed.shuffled(random, nodes);
        int size = order.size();
        Set<Link> links = new LinkedHashSet<>();
        for (int i = 0; i < size; i++) {
            for (int ahead = 1; ahead < size - size / 2; ahead++) {
                links.add(new Link(order.get((i + ahead) % size), order.get(i)));
            }
        }
        return links;
    }

    /** {@code links}, with each guest at the side of a founder: what is done to this one's links is done to its own. */
    static Set<Link> withGuests(Set<Link> links, Stage stage) {
        Map<String, List<String>> sides = new HashMap<>();
        List<String> founders = stage.servers().stream().map(ServerNode::id).toList();
        founders.forEach(founder -> sides.put(founder, new ArrayList<>(List.of(founder))));
        List<ServerNode> guests = stage.guests();
        for (int i = 0; i < guests.size(); i++) {
            String beside = founders.get(i % founders.size());
            sides.getOrDefault(beside, new ArrayList<>()).add(guests.get(i).id());
        }
        Set<Link> all = new LinkedHashSet<>();
        for (Link link : links) {
            all.addAll(oneWay(
                    sides.getOrDefault(link.from(), List.of(link.from())),
                    sides.getOrDefault(link.to(), List.of(link.to()))));
        }
        return all;
    }

    /** The ids of all servers that are there now. */
    static List<String> everyone(Stage stage) {
        return stage.everyone().stream().map(ServerNode::id).toList();
    }

    /** s1>s2,s2>s1. */
    static String words(Set<Link> links) {
        return links.stream().map(Link::toString).collect(Collectors.joining(","));
    }

    /** One link, by lot. */
    static Link lot(RandomGenerator random, List<String> nodes) {
        List<Link> links = new ArrayList<>(all(nodes));
        return links.get(random.nextInt(links.size()));
    }
}
