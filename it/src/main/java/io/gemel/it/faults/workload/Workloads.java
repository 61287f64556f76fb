package io.gemel.it.faults.workload;

import io.gemel.it.faults.check.Check;
import io.gemel.it.faults.check.Checks;
import io.gemel.it.faults.stage.Preparation;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** The workloads there are. */
public final class Workloads {
    private static final int TENANTS = 10;
    private static final int TENANTS_IN_COMPANY = 6;

    /** The same name in another group and another namespace, so that one would be seen in the other. */
    private static final List<ServiceId> CHURN_SERVICES = List.of(
            ServiceId.of("churn"),
            new ServiceId(ServiceId.DEFAULT_NAMESPACE, "other-group", "churn"),
            new ServiceId("other-namespace", ServiceId.DEFAULT_GROUP, "churn"));

    private static final List<ServiceId> MIXED_SERVICES = List.of(ServiceId.of("mixed-0"), ServiceId.of("mixed-1"));

    /** Views of hundreds of kilobytes that change all the time. */
    private static final ChurnActivity.Size BULKY_SIZE = new ChurnActivity.Size(16, 15_000, 6, Lives.Manner.VARIED);

    private static final List<ServiceId> BULKY_SERVICES = List.of(ServiceId.of("bulky"));

    /** Few, because each comes and goes all the time. */
    private static final ChurnActivity.Size HEIRS_SIZE = new ChurnActivity.Size(6, 0, 1, Lives.Manner.HEIRS);

    private static final List<ServiceId> HEIRS_SERVICES = List.of(ServiceId.of("heirs"));

    private Workloads() {}

    /** All of them, in the order of a list for people. */
    public static List<Workload> all() {
        return List.of(
                new Declared(
                        "register",
                        "reads, writes, conditional writes and removals of single persistent instances",
                        false,
                        persistent(Checks.linearizability(), Checks.sessions(), Checks.revisionsGrow()),
                        work -> registers(work, 1, 2, "reg-")),
                new Declared(
                        "set",
                        "a growing set of persistent instances, a few of which are removed for good",
                        false,
                        persistent(Checks.setFull(), Checks.revisionsGrow()),
                        work -> set(work, 1, 2, "set-")),
                new Declared(
                        "revision-reads",
                        "writes at one server, each followed by a read at another one that must show it",
                        false,
                        persistent(Checks.minimumRevision(), Checks.sessions(), Checks.revisionsGrow()),
                        work -> CallerActivity.begin(work, 1, 2, RevisionSteps::new, lists(RevisionSteps.PREFIX))),
                new Declared(
                        "churn",
                        "ephemeral instances of clients that come, go, die and freeze; watchers and lists at every server",
                        true,
                        ephemeral(),
                        work -> ChurnActivity.begin(work, 1, CHURN_SERVICES, ChurnActivity.Size.of(TENANTS), true)),
                new Declared(
                        "bulky",
                        "churn of instances with much metadata, at servers with little memory",
                        true,
                        ephemeral(),
                        Workloads::littleMemory,
                        work -> ChurnActivity.begin(work, 1, BULKY_SERVICES, BULKY_SIZE, false)),
                new Declared(
                        "heirs",
                        "ephemeral instances of short lives, each at the address that the one before it had",
                        true,
                        ephemeral(),
                        work -> ChurnActivity.begin(work, 1, HEIRS_SERVICES, HEIRS_SIZE, false)),
                new Declared(
                        "mixed",
                        "persistent and ephemeral instances in the same services",
                        true,
                        Stream.concat(ephemeral().stream(), Stream.of(Checks.setFull()))
                                .toList(),
                        work -> new MixedActivity(List.of(
                                ChurnActivity.begin(
                                        work, 1, MIXED_SERVICES, ChurnActivity.Size.of(TENANTS_IN_COMPANY), false),
                                set(work, 3, 1, "mixed-")))));
    }

    private static Activity registers(Work work, int firstHost, int processes, String service) {
        return CallerActivity.begin(
                work,
                firstHost,
                processes,
                (seeds, client) -> new RegisterSteps(seeds, service, client),
                (calls, line, part) -> calls.read(line, ServiceId.of(service + part), RegisterSteps.KEY));
    }

    private static Activity set(Work work, int firstHost, int processes, String service) {
        return CallerActivity.begin(
                work, firstHost, processes, (seeds, client) -> new SetSteps(seeds, service, client), lists(service));
    }

    private static CallerActivity.LastRead lists(String service) {
        return (calls, line, part) -> calls.list(line, ServiceId.of(service + part), ReadLevel.LINEARIZABLE);
    }

    private static List<Check> persistent(Check... own) {
        return Stream.concat(Stream.of(own), everywhere().stream()).toList();
    }

    private static List<Check> ephemeral() {
        List<Check> own = List.of(
                Checks.registrations(),
                Checks.zombies(),
                Checks.resurrection(),
                Checks.convergence(),
                Checks.availability(),
                Checks.namespaces());
        return Stream.of(own, Checks.watchers(), everywhere())
                .flatMap(List::stream)
                .toList();
    }

    /** What every run puts to the test. */
    private static List<Check> everywhere() {
        return List.of(
                Checks.stateHashes(),
                Checks.origins(),
                Checks.leaders(),
                Checks.members(),
                Checks.recovery(),
                Checks.survival(),
                Checks.logs(),
                Checks.growth());
    }

    /** An end when it is used up: a server that keeps what a stuck watcher does not take then ends within seconds. */
    private static void littleMemory(Preparation preparation) {
        preparation.jvmOption("-Xmx64m");
        preparation.jvmOption("-XX:+ExitOnOutOfMemoryError");
    }

    /** A workload made of these parts. */
    private record Declared(
            String name,
            String description,
            boolean awaitsDeaths,
            List<Check> checks,
            Consumer<Preparation> needs,
            Function<Work, Activity> start)
            implements Workload {
        /** One that needs nothing of the servers. */
        Declared(
                String name,
                String description,
                boolean awaitsDeaths,
                List<Check> checks,
                Function<Work, Activity> start) {
            this(name, description, awaitsDeaths, checks, preparation -> {}, start);
        }

        @Override
        public void prepare(Preparation preparation) {
            needs.accept(preparation);
        }

        @Override
        public Activity begin(Work work) {
            return start.apply(work);
        }
    }
}
