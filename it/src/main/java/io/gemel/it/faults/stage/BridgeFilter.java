package io.gemel.it.faults.stage;

import java.util.List;
import java.util.Set;

/**
 * Packet filter rules of the bridge between the hosts, replaced as a whole in one transaction.
 *
 * <p>They drop IP alone: were the hosts to lose each other's hardware addresses too, a sender would be told within seconds that
 * there is no route, and a cut link must be silent.
 */
final class BridgeFilter implements LinkRules {
    private static final String TABLE = "bridge faults";

    private Set<Link> cut = Set.of();
    private Set<Link> lossy = Set.of();
    private int percent;

    static boolean available() {
        return Tool.attempt(List.of("nft", "-f", "-"), "table " + TABLE + "\ndelete table " + TABLE + "\n")
                .well();
    }

    @Override
    public synchronized void cut(Set<Link> links) {
        cut = Set.copyOf(links);
        apply();
    }

    @Override
    public synchronized void lose(int percentLost, Set<Link> links) {
        lossy = Set.copyOf(links);
        percent = percentLost;
        apply();
    }

    private void apply() {
        // The first line makes the second one possible when there is no table yet.
        StringBuilder text = new StringBuilder("table %1$s\ndelete table %1$s\ntable %1$s {\n".formatted(TABLE));
        text.append("chain links {\ntype filter hook forward priority 0;\n");
        cut.forEach(link -> rule(text, link, ""));
        // The filter refuses a comparison that always holds.
        String condition = percent == 100 ? "" : "numgen random mod 100 < " + percent + " ";
        lossy.forEach(link -> rule(text, link, condition));
        Tool.run(List.of("nft", "-f", "-"), text.append("}\n}\n").toString());
    }

    private static void rule(StringBuilder text, Link link, String condition) {
        text.append("iifname \"%s\" oifname \"%s\" ether type ip %sdrop\n"
                .formatted(LinkRules.port(link.from()), LinkRules.port(link.to()), condition));
    }

    @Override
    public void close() {
        var unused = Tool.attempt(List.of("nft", "delete", "table", "bridge", "faults"), "");
    }
}
