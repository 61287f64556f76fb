package io.gemel.it.bench;

import io.gemel.bootstrap.demo.ServerProcess;
import io.gemel.client.NamingService;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What watchers are sent while all instances of a large service are replaced, ten at a time: the new ones register, then the old ones leave.
 * To compare: the size of a whole view, for each time that they were told of changes.
 */
record RollingMeasure() implements Measure {
    private static final ServiceId SERVICE = ServiceId.of("rolling");
    private static final int AT_ONCE = 10;
    private static final Duration PAUSE = Duration.ofMillis(20);

    @Override
    public String name() {
        return "rolling-ephemeral";
    }

    @Override
    public String question() {
        return "bytes that each watcher is sent while all instances of a service are replaced";
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        try (Servers servers = Servers.start(plan, 1)) {
            List<BareSession> watchers = new ArrayList<>();
            try {
                return List.of(measure(plan, servers, watchers));
            } finally {
                watchers.forEach(BareSession::close);
            }
        }
    }

    private Result measure(Plan plan, Servers servers, List<BareSession> watchers) {
        ServerProcess node = servers.nodes().get(0);
        NamingService client = servers.client(node);
        String setup = "1 node, %,d instances, %,d watchers".formatted(plan.replaced(), plan.watchers());
        plan.say("  " + setup);
        for (int first = 0; first < plan.replaced(); first += AT_ONCE) {
            client.registerAll(SERVICE, generation(plan, first, 0));
        }
        for (int i = 0; i < plan.watchers(); i++) {
            BareSession watcher = BareSession.open(node.clientAddress()).join();
            watchers.add(watcher);
            Object unused = watcher.watch(SERVICE, true).join();
        }
        awaitAll(plan, watchers, client);
        double whole = watchers.get(0).viewBytes();
        double[] bytes = watchers.stream().mapToDouble(BareSession::viewBytes).toArray();
        double[] views = watchers.stream().mapToDouble(BareSession::views).toArray();
        for (int first = 0; first < plan.replaced(); first += AT_ONCE) {
            client.registerAll(SERVICE, generation(plan, first, 1));
            client.deregisterAll(SERVICE, generation(plan, first, 0));
            Windows.pass(plan, PAUSE);
        }
        awaitAll(plan, watchers, client);
        Map<String, Spread> figures = new LinkedHashMap<>();
        figures.put("whole view KB", Spread.of(whole / 1e3));
        figures.put("messages", since(watchers, BareSession::views, views, 1));
        figures.put("whole views KB", since(watchers, BareSession::views, views, 1e3 / whole));
        figures.put("sent KB", since(watchers, BareSession::viewBytes, bytes, 1e3));
        figures.put("bytes per change", since(watchers, BareSession::viewBytes, bytes, 2.0 * plan.replaced()));
        return new Result(name(), setup, figures, List.of());
    }

    private static Spread since(
            List<BareSession> watchers, ToDoubleFunction<BareSession> count, double[] before, double unit) {
        return Spread.of(IntStream.range(0, watchers.size())
                .mapToDouble(i -> (count.applyAsDouble(watchers.get(i)) - before[i]) / unit)
                .toArray());
    }

    private static List<Instance> generation(Plan plan, int first, int generation) {
        return IntStream.range(first, Math.min(first + AT_ONCE, plan.replaced()))
                .mapToObj(i -> Workload.instance(Durability.EPHEMERAL, generation * plan.replaced() + i, generation))
                .toList();
    }

    /** Waits until each watcher has the view that a reader gets now. */
    private static void awaitAll(Plan plan, List<BareSession> watchers, NamingService client) {
        long newest = client.find(SERVICE, ReadLevel.LOCAL).revision();
        while (watchers.stream().anyMatch(watcher -> watcher.revision() < newest)) {
            Windows.pass(plan, PAUSE);
        }
    }
}
