package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Which nodes must show a living client's instances while faults are in force, and until their effects have passed.
 *
 * <p>A node must unless it may have lost sight of the client's server: because that server was harmed, other than by an end
 * from which its clients move on; because a link between the two was harmed; or because the client itself was cut off. A node
 * that was cut off from so many others that it is left in a minority must nevertheless, if it can have heard of them before: it
 * expires nothing. Nor is a client excused whose connections were reset and who could come back at once. That a node was harmed itself excuses it from nothing: what it shows, it answers for; only one that was
 * stopped cannot know at once what came meanwhile, and one that is removed may be the last to learn that nobody tells it any
 * more. Faults that overlap excuse what either might.
 *
 * <p>Where a client's session is, is known from its OPEN until the first fault that meets this node or the client, or a stop of its own that
 * may have been noticed, see {@link Bounds#unnoticed}. Its client process is the value of its OPEN; that of a client without a session is its name up to the first dash.
 */
final class Sight {
    private final Faults faults;
    private final Fates fates;
    private final Roster roster;
    private final long settle;
    private final long sync;
    private final Map<String, Event> opened = new HashMap<>();

    Sight(Evidence evidence) {
        this.faults = evidence.faults();
        this.fates = evidence.fates();
        this.roster = evidence.roster();
        this.settle = evidence.bounds().converge().toNanos();
        this.sync = evidence.bounds().sync().toNanos();
        for (Event event : evidence.history().events()) {
            if (event.op() == Op.OPEN && event.type() == Event.Type.OK) {
                opened.put(event.process(), event);
            }
        }
    }

    /** Whether {@code node} must have shown at every moment between the two what {@code client} held since {@code since}. */
    boolean sees(String node, String client, long since, long from, long to) {
        List<Fault> near = faults.during(from - settle, to);
        for (Fault fault : near) {
            if (!fault.tellsOfClients() && mayHide(fault, near, node, client, since, to)) {
                return false;
            }
            if (fault.removes(node)) {
                return false;
            }
            if (fault.stops(node) && !heard(node, client, since, fault) && fault.during(from, to)) {
                return false;
            }
        }
        return true;
    }

    private boolean mayHide(Fault fault, List<Fault> near, String node, String client, long since, long to) {
        return mayLose(fault, near, client, to)
                || (cutsOff(fault, node, client, to)
                        && !(inMinority(fault, node) && remembers(node, client, since, fault, to)));
    }

    /** Whether {@code fault} may take what {@code client} holds from every node. */
    private boolean mayLose(Fault fault, List<Fault> near, String client, long to) {
        if (fault.anywhere() || (meetsClient(fault, client) && !comesBack(fault, to))) {
            return true;
        }
        boolean alone = near.stream()
                .filter(other -> !other.clientsOnly() && other.during(fault.from(), fault.to()))
                .allMatch(fault::equals);
        // Whom another fault sent looking for a server meanwhile, may find one of those that this one harmed.
        boolean harmed = !fault.nodes().isEmpty()
                && LongStream.of(fault.from(), Math.min(fault.to(), to))
                        .anyMatch(at ->
                                home(client, at).map(fault.nodes()::contains).orElse(true));
        return harmed && !(fault.endsOneServer() && alone);
    }

    /** Whether whoever {@code fault} met could go on at once with what it held, because nothing else was in its way. */
    private boolean comesBack(Fault fault, long to) {
        return fault.resetsClients()
                && faults.during(fault.from() - settle, Math.min(fault.to(), to)).stream()
                        .allMatch(other -> other.resetsClients() || other.tellsOfClients());
    }

    private boolean cutsOff(Fault fault, String node, String client, long to) {
        // Another fault may have moved the client on meanwhile.
        return home(client, Math.min(fault.to(), to))
                .map(server -> fault.between(server, node))
                .orElseGet(() -> touches(fault, node));
    }

    /**
     * Whether {@code node}, which {@code fault} cut off and nothing else met, must have in memory what was there since {@code since}:
     * of a client that moves meanwhile it hears, when it hears at all, that it is gone and only then where it is.
     */
    private boolean remembers(String node, String client, long since, Fault fault, long to) {
        boolean alone = faults.during(fault.from() - settle, fault.to()).stream()
                .filter(other -> !other.equals(fault) && !other.tellsOfClients())
                .allMatch(other -> other.clientsOnly()
                        ? !meetsClient(other, client)
                        : other.to() < fault.from() && !other.nodes().contains(node));
        return alone
                && fates.stayed(client, fault.from(), Math.min(fault.to(), to))
                && heard(node, client, since, fault);
    }

    /**
     * Whether {@code node} must have known when {@code fault} began what {@code client} held since {@code since}: there was time
     * for it to hear of it, and it did not lose sight of it by what was healed too short a time before.
     */
    private boolean heard(String node, String client, long since, Fault fault) {
        List<Fault> near = faults.during(fault.from() - settle, fault.from());
        List<Fault> before = near.stream()
                .filter(other -> !other.equals(fault) && !other.tellsOfClients())
                .toList();
        // What the last of them did not hide was not hidden by those that the node had met before it.
        Optional<Fault> cut = before.stream()
                .filter(other -> cutsOff(other, node, client, fault.from()))
                .reduce((one, later) -> later);
        return since + sync <= fault.from()
                && !fates.noticed(client, fault.from() - settle - sync, fault.from())
                && before.stream().noneMatch(other -> mayLose(other, near, client, fault.from()))
                && cut.stream()
                        .allMatch(other ->
                                inMinority(other, node) && remembers(node, client, since, other, fault.from()));
    }

    private boolean meetsClient(Fault fault, String client) {
        if (fault.ofClients()) {
            return true;
        }
        Event open = opened.get(client);
        Optional<String> process = open == null ? Optional.of(client.split("-", 2)[0]) : open.value();
        return process.map(fault.clients()::contains).orElse(!fault.clients().isEmpty());
    }

    /** The server that {@code client} had its session with when the fault began at {@code at}; empty if that is not known. */
    private Optional<String> home(String client, long at) {
        Event open = opened.get(client);
        if (open == null || open.node().isEmpty() || open.nanos() > at) {
            return Optional.empty();
        }
        boolean stayed = faults.during(open.nanos(), at - 1).stream()
                .filter(fault -> !fault.tellsOfClients())
                .noneMatch(
                        fault -> fault.anywhere() || fault.nodes().contains(open.node()) || meetsClient(fault, client));
        return stayed && !fates.noticed(client, open.nanos(), at) ? Optional.of(open.node()) : Optional.empty();
    }

    private boolean touches(Fault fault, String node) {
        return faults.servers().stream().anyMatch(other -> fault.between(node, other));
    }

    private boolean inMinority(Fault fault, String node) {
        Set<String> members = roster.members(fault.from());
        long lost =
                members.stream().filter(other -> fault.bothWays(node, other)).count();
        return fault.cuts() && (members.size() - lost) * 2 <= members.size();
    }

    /** Whether {@code client} reached {@code node} for certain, from some time before {@code from} until {@code to}. */
    boolean reaches(String client, String node, long from, long to) {
        return faults.during(from - settle, to).stream()
                .filter(fault -> !fault.tellsOfClients())
                .noneMatch(fault -> fault.anywhere() || fault.nodes().contains(node) || meetsClient(fault, client));
    }

    /** Whether nothing but a death or a stop of its own met {@code client}, from some time before {@code from} until {@code to}. */
    boolean untouched(String client, long from, long to) {
        return faults.during(from - settle, to).stream()
                .filter(fault -> fault.clientsOnly() && !fault.tellsOfClients())
                .noneMatch(fault -> meetsClient(fault, client));
    }

    /** The server at which {@code client} had its session and that it reached for certain; empty if that is not known. */
    Optional<String> reached(String client, long from, long to) {
        return home(client, to).filter(node -> reaches(client, node, from, to));
    }

    /** Whether {@code client} had its session at {@code node} all the time between the two: its own reads see all it does at once. */
    boolean isAt(String client, String node, long from, long to) {
        return faults.during(from - settle, to).isEmpty()
                && home(client, to).filter(node::equals).isPresent();
    }
}
