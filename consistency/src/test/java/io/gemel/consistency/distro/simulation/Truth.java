package io.gemel.consistency.distro.simulation;

import io.gemel.consistency.distro.DistroConsistency;
import io.gemel.naming.Instance;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares what nodes and watchers show with what living clients hold. */
final class Truth {
    private final World world;
    private final boolean nobodyIsSuspect;

    /** @param nobodyIsSuspect whether in the final state nothing may be shown as suspect: its time is over */
    Truth(World world, boolean nobodyIsSuspect) {
        this.world = world;
        this.nobodyIsSuspect = nobodyIsSuspect;
    }

    /** What keeps this moment from being the final state: empty once every node and watcher shows what is true. */
    Optional<String> missing() {
        for (Node node : world.members()) {
            if (!node.up() || node.stopping()) {
                return Optional.of(node.host() + " is not up");
            }
            if (!node.server().ready()) {
                return Optional.of(
                        node.host() + " is not ready: " + node.server().reason());
            }
        }
        Optional<String> unsettled = unsettled();
        if (unsettled.isPresent()) {
            return unsettled;
        }
        for (int number = 1; number <= World.SERVICES; number++) {
            ServiceId service = World.service(number);
            List<Registration> first = shown(world.members().get(0), service);
            for (Node node : world.members()) {
                List<Registration> shown = shown(node, service);
                if (!shown.equals(first)) {
                    return Optional.of(world.members().get(0) + " shows " + states(first) + " under " + service + ", "
                            + node.host() + " shows " + states(shown));
                }
            }
            Optional<String> wrong = wrong(service, listed(first))
                    .or(() -> wronglySuspect(service, first))
                    .or(() -> unseen(service, first));
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    /** What a node has yet to find out, to do or to forget: what it shows until then may be true by chance. */
    Optional<String> unsettled() {
        for (SimulatedClient client : world.clients()) {
            if (client.alive() && !client.connected()) {
                return Optional.of(client.host() + " has no server");
            }
            if (client.wishes().values().stream().anyMatch(Wish::unanswered)) {
                return Optional.of(client.host() + " waits for an answer");
            }
        }
        if (!world.agreed()) {
            return Optional.of("not all know who the members are");
        }
        return world.members().stream()
                .flatMap(node -> unsettled(node).stream())
                .findFirst();
    }

    private Optional<String> unsettled(Node node) {
        DistroConsistency.Status status = node.server().distroStatus();
        if (status.members().size() != world.members().size()) {
            return Optional.of(node + " knows " + status.members().size() + " members");
        }
        for (NodeStatus.Member member : status.members()) {
            if (!member.state().equals("alive") && !member.state().equals("self")) {
                return Optional.of(node + " thinks that " + member.id() + " is " + member.state());
            }
        }
        if (status.origins().size() != world.members().size()) {
            return Optional.of(node + " holds " + status.origins().size() + " origins");
        }
        for (NodeStatus.Origin origin : status.origins()) {
            boolean present = world.node(origin.node())
                    .filter(owner -> owner.incarnation() == origin.incarnation())
                    .isPresent();
            if (!present || !(origin.state().equals("live") || origin.state().equals("own"))) {
                return Optional.of(node + " holds the origin " + origin);
            }
        }
        return Optional.empty();
    }

    private static List<Registration> shown(Node node, ServiceId service) {
        return node.server().index().view(service).registrations();
    }

    /** What is shown for certain: what is suspect comes on top of that. */
    private static List<Instance> listed(List<Registration> shown) {
        return shown.stream()
                .filter(registration -> !registration.suspect())
                .map(Registration::instance)
                .toList();
    }

    /** Whose client lives and is heard of is not suspect, and nobody is for ever. */
    private Optional<String> wronglySuspect(ServiceId service, List<Registration> shown) {
        return shown.stream()
                .filter(Registration::suspect)
                .map(Registration::instance)
                .filter(instance -> nobodyIsSuspect || world.lives(SimulatedClient.incarnation(instance)))
                .map(instance -> "all nodes suspect " + texts(List.of(instance)) + " under " + service)
                .findFirst();
    }

    private Optional<String> wrong(ServiceId service, List<Instance> shown) {
        Set<Instance> unexplained = new HashSet<>(shown);
        for (SimulatedClient client : world.clients()) {
            for (Map.Entry<SimulatedClient.Slot, Wish> wish : client.wishes().entrySet()) {
                if (wish.getKey().service().equals(service)) {
                    Set<Optional<Instance>> possible = wish.getValue().possible();
                    Optional<Instance> there = shown.stream()
                            .filter(instance ->
                                    instance.key().equals(wish.getKey().key()))
                            .findFirst();
                    if (!possible.contains(there)) {
                        return Optional.of(
                                "all nodes show " + texts(there.stream().toList()) + " at "
                                        + wish.getKey().key() + " of " + service + ", its client holds " + possible);
                    }
                    there.ifPresent(unexplained::remove);
                }
            }
        }
        return unexplained.isEmpty()
                ? Optional.empty()
                : Optional.of("all nodes show " + texts(List.copyOf(unexplained)) + " under " + service
                        + ", which nobody holds");
    }

    private Optional<String> unseen(ServiceId service, List<Registration> shown) {
        for (SimulatedClient client : world.clients()) {
            Optional<List<Registration>> view = client.views().getOrDefault(service, Optional.of(shown));
            if (view.isEmpty() || !view.get().equals(shown)) {
                return Optional.of("a watcher at " + client.host() + " sees "
                        + view.map(Truth::states).orElse("nothing") + " under " + service + ", nodes show "
                        + states(shown));
            }
        }
        return Optional.empty();
    }

    private static String states(List<Registration> shown) {
        return shown.stream()
                .map(registration -> (registration.suspect() ? "suspect " : "") + registration.key() + "="
                        + SimulatedClient.incarnation(registration.instance()))
                .toList()
                .toString();
    }

    private static String texts(List<Instance> instances) {
        return instances.stream()
                .map(instance -> instance.key() + "=" + SimulatedClient.incarnation(instance))
                .toList()
                .toString();
    }

    /** Every node that holds an origin at one sequence holds it with one digest. */
    Optional<String> differentDigests() {
        Map<String, String> digests = new HashMap<>();
        for (Node node : world.nodes()) {
            if (!node.up()) {
                continue;
            }
            for (NodeStatus.Origin origin : node.server().distroStatus().origins()) {
                if (origin.state().equals("syncing")) {
                    continue;
                }
                String at = origin.node() + "#" + origin.incarnation() + "@" + origin.sequence();
                String before = digests.putIfAbsent(at, origin.digest());
                if (before != null && !before.equals(origin.digest())) {
                    return Optional.of("origin " + at + " has two digests: " + before + ", and " + origin.digest()
                            + " at " + node.host());
                }
            }
        }
        return Optional.empty();
    }
}
