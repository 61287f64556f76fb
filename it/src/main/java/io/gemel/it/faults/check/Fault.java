package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fault that was in force, as its line in the history tells.
 *
 * <p>Its value names whom it met: {@code s2} is a node that was harmed itself, {@code c1} a client process, {@code s1>s2} a link
 * in one direction. Other words are for people. A fault that names none of these may have harmed anyone.
 *
 * @param name the nemesis
 * @param from before it was in force
 * @param to after it was healed; {@link Long#MAX_VALUE} if it was not
 * @param nodes servers that were harmed
 * @param clients client processes that were harmed
 * @param links that were harmed, as s1>s2
 * @param ofClients whether one of the links has an end that is no server
 * @param events its lines
 */
record Fault(
        String name,
        long from,
        long to,
        Set<String> nodes,
        Set<String> clients,
        Set<String> links,
        boolean ofClients,
        List<Event> events) {
    private static final Pattern HOST = Pattern.compile("(?<![\\w>.])([A-Za-z]+\\d+)(?:>([A-Za-z]+\\d+))?(?![\\w>])");
    private static final Pattern CLIENT = Pattern.compile("[a-z]\\d+");
    private static final Pattern RESTART =
            Pattern.compile("(kill|rolling|restart|crash|wipe|membership|address-change)\\b.*");
    private static final Pattern STOP = Pattern.compile("(freeze|pause)\\b.*");
    private static final Pattern DISK = Pattern.compile(
            "(power-loss|dead-disk|disk-full|io-error|bit-flip|truncate|delete-file|damage|rotten)\\b.*");
    private static final Pattern CUT = Pattern.compile(".*(partition|isolate|bridge|ring|one-way|flapping|cut).*");

    /** What {@code operation} says, among servers with these ids. */
    static Fault of(Operation operation, Set<String> servers) {
        Set<String> nodes = new HashSet<>();
        Set<String> clients = new HashSet<>();
        Set<String> links = new HashSet<>();
        boolean ofClients = false;
        Matcher hosts = HOST.matcher(operation.value().orElse(""));
        while (hosts.find()) {
            String first = hosts.group(1);
            if (hosts.group(2) != null) {
                links.add(first + ">" + hosts.group(2));
                ofClients |= !(servers.contains(first) && servers.contains(hosts.group(2)));
            } else if (servers.contains(first)) {
                nodes.add(first);
            } else if (CLIENT.matcher(first).matches()) {
                clients.add(first);
            }
        }
        long to = operation.completion().map(Event::nanos).orElse(Long.MAX_VALUE);
        return new Fault(operation.key(), operation.from(), to, nodes, clients, links, ofClients, operation.events());
    }

    /** Whether it may have harmed anyone. */
    boolean anywhere() {
        return nodes.isEmpty() && clients.isEmpty() && links.isEmpty();
    }

    /** Whether it left servers and the links between them alone. */
    boolean clientsOnly() {
        return !clients.isEmpty() && nodes.isEmpty() && links.isEmpty();
    }

    /** Whether it only ended or stopped client processes, of which the history has lines of its own. */
    boolean tellsOfClients() {
        return clientsOnly() && (name.startsWith("kill") || name.startsWith("freeze"));
    }

    /** Whether it ended connections of clients, and let them make others at once. */
    boolean resetsClients() {
        return clientsOnly() && name.startsWith("reset");
    }

    /** Whether it ended one server for a while, from which clients move on. */
    boolean endsOneServer() {
        return RESTART.matcher(name).matches() && nodes.size() == 1 && links.isEmpty();
    }

    /** Whether {@code node} was removed from the cluster. */
    boolean removes(String node) {
        return name.equals(Roster.CHANGE)
                && nodes.contains(node)
                && events.stream().flatMap(event -> event.value().stream()).anyMatch(text -> text.contains(" leave"));
    }

    /** Whether {@code node} stood still. */
    boolean stops(String node) {
        return STOP.matcher(name).matches() && nodes.contains(node);
    }

    /** Whether it harmed what is on disks: a server that meets it may stop, because it cannot keep what it has to promise. */
    boolean harmsDisks() {
        return DISK.matcher(name).matches();
    }

    /** Whether nothing came through the links that it names, for all of the time or in turns. */
    boolean cuts() {
        return !links.isEmpty() && CUT.matcher(name).matches();
    }

    /** Whether a link between the two was harmed, in either direction. */
    boolean between(String a, String b) {
        return links.contains(a + ">" + b) || links.contains(b + ">" + a);
    }

    /** Whether both directions between the two were harmed. */
    boolean bothWays(String a, String b) {
        return links.contains(a + ">" + b) && links.contains(b + ">" + a);
    }

    /** Whether it was in force at some time between the two. */
    boolean during(long begin, long end) {
        return from <= end && to >= begin;
    }
}
