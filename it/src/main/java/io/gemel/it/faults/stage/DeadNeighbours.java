package io.gemel.it.faults.stage;

import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Cuts a link without a packet filter: the sender is told a hardware address of the receiver that nobody has. So what it sends is
 * gone, silently and in that direction alone.
 */
final class DeadNeighbours implements LinkRules {
    private static final String NOBODY = "02:00:00:00:00:01";

    private final Function<String, List<String>> prefix;
    private Set<Link> cut = Set.of();

    DeadNeighbours(Function<String, List<String>> prefix) {
        this.prefix = prefix;
    }

    @Override
    public synchronized void cut(Set<Link> links) {
        change(difference(cut, links), "neigh del %s dev eth0\n");
        change(difference(links, cut), "neigh replace %s lladdr " + NOBODY + " dev eth0 nud permanent\n");
        cut = Set.copyOf(links);
    }

    private void change(Set<Link> links, String line) {
        links.stream()
                .collect(Collectors.groupingBy(Link::from, TreeMap::new, Collectors.toList()))
                .forEach((from, all) -> Tool.run(
                        LinkRules.with(prefix.apply(from), List.of("ip", "-batch", "-")),
                        all.stream()
                                .flatMap(link -> NsNetwork.addressesOf(link.to()).stream())
                                .map(line::formatted)
                                .collect(Collectors.joining())));
    }

    private static Set<Link> difference(Set<Link> all, Set<Link> but) {
        return all.stream().filter(link -> !but.contains(link)).collect(Collectors.toSet());
    }

    @Override
    public void lose(int percent, Set<Link> links) {
        if (!links.isEmpty()) {
            throw new UnsupportedOperationException(
                    "nft cannot drop packets here, and loss needs it; install nftables");
        }
    }

    @Override
    public void close() {
        // The entries go with the hosts.
    }
}
