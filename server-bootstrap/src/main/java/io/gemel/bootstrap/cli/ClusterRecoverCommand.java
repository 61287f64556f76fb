package io.gemel.bootstrap.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.Member;
import io.gemel.naming.Membership.Recovery;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.transport.grpc.ClusterCalls;
import io.gemel.transport.grpc.KnownCluster;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes what is left of a cluster one of its own. */
@Command(
        name = "recover",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Makes the nodes that are left a cluster of their own, when a majority is lost for good.",
            "The last resort: if the others can be brought back, do that instead, and nothing is lost. Without --yes it only shows"
                    + " what would be done and what may be lost. Name every member that lives: what only one of them has is lost if that"
                    + " one is left out."
        },
        footer = {
            "",
            "Examples:",
            "  gemel cluster recover --keep=s3 --server=10.0.0.3:9848        what would be lost",
            "  gemel cluster recover --keep=s3 --server=10.0.0.3:9848 --yes  does it"
        })
final class ClusterRecoverCommand implements Callable<Integer> {
    /** Whoever has most goes first, so that no two others agree on less meanwhile. */
    private static final Comparator<Kept> MOST_FIRST = Comparator.comparingLong(
                    (Kept kept) -> kept.recovery().logTerm())
            .thenComparingLong(kept -> kept.recovery().logIndex())
            .reversed();

    @Mixin
    private final Operator operator = new Operator(30);

    @Option(
            names = "--keep",
            required = true,
            split = ",",
            paramLabel = "ID",
            description = "The members that live, with commas between.")
    private Set<String> keep = new LinkedHashSet<>();

    @Option(names = "--yes", description = "Do it; what only the others had is lost.")
    private boolean yes;

    /** A node that stays, and what it says. */
    private record Kept(Member member, Recovery recovery) {}

    @Override
    public Integer call() {
        operator.begin();
        KnownCluster cluster = operator.list();
        List<Member> members = keep.stream().map(id -> member(cluster, id)).toList();
        List<Kept> kept = new ArrayList<>();
        for (Member member : members) {
            kept.add(new Kept(member, ask(member, true)));
        }
        kept.sort(MOST_FIRST);
        if (yes) {
            for (Kept each : kept) {
                carryOut(each);
            }
            awaitLeader();
        }
        report(kept);
        return 0;
    }

    private Member member(KnownCluster cluster, String id) {
        return cluster.present().stream()
                .map(Entry::member)
                .filter(member -> member.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new RegistryException(
                        Code.BAD_REQUEST,
                        "--keep: '%s' is not a member (expected: some of %s)".formatted(id, ClusterText.ids(cluster))));
    }

    private Recovery ask(Member member, boolean rehearse) {
        try (ClusterCalls calls = new ClusterCalls(member.clientAddress())) {
            return calls.recover(keep, rehearse, operator.left());
        }
    }

    private void carryOut(Kept kept) {
        var done = ask(kept.member(), false);
        operator.err().println("%s goes by %s alone from now on".formatted(done.node(), keep));
        operator.err().flush();
    }

    private void awaitLeader() {
        KnownCluster cluster = operator.list();
        while (!keep.contains(cluster.leader()) && !operator.late()) {
            operator.pause();
            cluster = operator.list();
        }
        operator.err()
                .println(
                        keep.contains(cluster.leader())
                                ? cluster.leader() + " leads in term " + cluster.term()
                                : "no leader yet; gemel cluster list shows it");
        operator.err().flush();
    }

    private void report(List<Kept> kept) {
        Set<String> lost = new TreeSet<>();
        kept.forEach(each -> lost.addAll(each.recovery().lost()));
        if (operator.json()) {
            operator.out().println(Json.pretty(json(kept, lost)));
        } else {
            print(kept, lost);
        }
        operator.out().flush();
    }

    private JsonObject json(List<Kept> kept, Set<String> lost) {
        JsonObject json = new JsonObject();
        json.addProperty("done", yes);
        JsonArray nodes = new JsonArray();
        for (Kept each : kept) {
            JsonObject row = new JsonObject();
            row.addProperty("id", each.member().id());
            row.addProperty("logIndex", each.recovery().logIndex());
            row.addProperty("logTerm", each.recovery().logTerm());
            row.addProperty("appliedIndex", each.recovery().appliedIndex());
            nodes.add(row);
        }
        json.add("kept", nodes);
        JsonArray others = new JsonArray();
        lost.forEach(others::add);
        json.add("lost", others);
        return json;
    }

    private void print(List<Kept> kept, Set<String> lost) {
        Table table = new Table("KEPT", "CLIENT", "LOG TERM", "LOG INDEX", "APPLIED");
        for (Kept each : kept) {
            Recovery recovery = each.recovery();
            table.row(
                    each.member().id(),
                    each.member().clientAddress(),
                    recovery.logTerm(),
                    recovery.logIndex(),
                    recovery.appliedIndex());
        }
        table.lines("").forEach(operator.out()::println);
        Recovery most = kept.get(0).recovery();
        String others = lost.isEmpty() ? "nobody" : String.join(", ", lost);
        operator.out().println();
        List.of(
                        yes ? "Done: the nodes above are the cluster now." : "Nothing is done yet.",
                        "%s has most, up to index %d in term %d; the others that stay follow it."
                                .formatted(most.node(), most.logIndex(), most.logTerm()),
                        "Lost: every persistent write that only %s had, acknowledged or not. Nobody can say how many those are."
                                .formatted(others),
                        "Valid: what %s has. Up to index %d it is known to be agreed; what follows may never have been acknowledged."
                                .formatted(most.node(), most.appliedIndex()),
                        "%s: %s. Never start %s again with that data: delete it."
                                .formatted(
                                        yes ? "Removed" : "Would be removed", others, lost.size() == 1 ? "it" : "them"))
                .forEach(operator.out()::println);
        if (!yes) {
            operator.out().println("To do it: the same command with --yes");
        }
    }
}
