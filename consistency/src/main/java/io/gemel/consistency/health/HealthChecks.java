package io.gemel.consistency.health;

import io.gemel.consistency.cluster.Live;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.consistency.cluster.Rendezvous;
import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Loop;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Ticker;
import io.gemel.naming.Written;
import io.gemel.typed.HealthCheck;
import io.gemel.typed.TypedCodec;
import io.grpc.BindableService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks this node's share of the persistent instances, and has what it finds agreed on when it differs from what is.
 *
 * <p>Each instance is checked by the first of the live members in its {@link Rendezvous} order. Before that one calls it unhealthy, a majority of
 * the voters must have found it so ({@link Agreement}): the fault may be the network of the others. What is agreed is in the index of every node, so
 * whoever takes over goes on from there. Without a majority nothing is checked; once there is one, and when this node was stopped, every count
 * begins anew.
 *
 * <p>Confined to the loop of the checks, but for {@link #published}. An instance costs nothing between two checks of it: what is due
 * next stands at the head of a queue.
 */
public final class HealthChecks implements AutoCloseable {
    /** An entry of an instance's metadata, also set by an override: with the value {@code none} it is not checked. */
    public static final String OPT_OUT = "gemel.check";

    static final int UNDER_WAY_MAX = 256;

    private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);
    private static final Duration TICK = Duration.ofMillis(20);
    private static final Duration AT_REST = Duration.ofMillis(100);
    private static final Duration WITHOUT_CHECKS = Duration.ofMillis(500);

    private static final long LIVE_NANOS = Duration.ofMillis(250).toNanos();
    private static final long STOPPED_NANOS = Duration.ofSeconds(2).toNanos();
    private static final int CONFIRMATIONS_MAX = 1_024;
    private static final HealthCheck NONE = new HealthCheck.None();

    private final Parts parts;
    private final Prober prober;
    private final Confirmations confirmations;
    private final CheckDefinitions definitions;
    private final Verdicts verdicts;
    private final Agreement agreement;
    private final OnceAMinute unable;
    private final Map<ServiceId, Map<InstanceKey, CheckTarget>> services = new HashMap<>();
    private final Set<ServiceId> tracked = ConcurrentHashMap.newKeySet();
    private final Set<ServiceId> dirty = ConcurrentHashMap.newKeySet();
    private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final PriorityQueue<CheckTarget> queue =
            new PriorityQueue<>((a, b) -> Long.signum(a.dueNanos - b.dueNanos));
    private Live live = Live.NOBODY;
    private long liveNanos;
    private long restsSinceNanos;
    private int stops;
    private int underWay;
    private boolean closed;

    /**
     * The parts of this node that the checks work with.
     *
     * @param loop of the checks, theirs alone
     * @param live who is alive now; from any thread
     * @param write has a change agreed on
     */
    public record Parts(
            Loop loop,
            Ticker ticker,
            RandomGenerator random,
            ServiceIndex index,
            TypedCodec codec,
            Supplier<Live> live,
            Function<Change, CompletableFuture<Written>> write) {}

    /** How a node reaches instances and other members. */
    record Network(Prober prober, Confirmations confirmations) {}

    HealthChecks(Parts parts, Network network) {
        this.parts = parts;
        this.prober = network.prober();
        this.confirmations = network.confirmations();
        this.definitions = new CheckDefinitions(parts.codec());
        this.verdicts = new Verdicts(parts.ticker(), parts.write());
        this.agreement = new Agreement(network.confirmations(), answers::add, verdicts, parts.ticker());
        this.unable = new OnceAMinute(parts.ticker());
        this.liveNanos = parts.ticker().nanos() - LIVE_NANOS;
    }

    /** Checks over the network; {@code names} is a loop that looking up names may block. Begins with {@link #start}. */
    public static HealthChecks over(Parts parts, Loop names, String cluster, Members members, PeerChannels channels) {
        return new HealthChecks(
                parts,
                new Network(
                        new NetworkProber(names, parts.ticker()), new GrpcConfirmations(cluster, members, channels)));
    }

    /** Begins to check. */
    public void start() {
        restsSinceNanos = parts.ticker().nanos();
        parts.loop().paced(TICK, this::tick);
    }

    /** Answers other members that ask for a confirmation; to be put on the server port. */
    public BindableService service() {
        if (!(confirmations instanceof GrpcConfirmations grpc)) {
            throw new IllegalStateException("these checks have no server port");
        }
        return grpc.service(this::confirm);
    }

    /** The index has new views. In the naming loop, whose time it does not take; of what happens meanwhile the newest counts (I7). */
    public void published(List<ServiceView> views) {
        for (ServiceView view : views) {
            ServiceId service = view.service();
            boolean checked = parts.index()
                    .operatorState(service)
                    .settings()
                    .filter(settings -> !settings.value().typed().isEmpty())
                    .isPresent();
            if (checked
                    || tracked.contains(service)
                    || !parts.index().unhealthy(service).isEmpty()) {
                dirty.add(service);
            }
        }
    }

    /** Checks an instance once for another member; {@code done} is told on the loop of the checks. */
    void confirm(ServiceId service, InstanceKey key, long revision, BiConsumer<Confirmations.Finding, String> done) {
        if (asked.incrementAndGet() > CONFIRMATIONS_MAX) {
            asked.decrementAndGet();
            throw new RegistryException(RegistryException.Code.OVERLOADED, "too many confirmations asked for");
        }
        answers.add(() -> {
            BiConsumer<Confirmations.Finding, String> told = (finding, cause) -> {
                asked.decrementAndGet();
                done.accept(finding, cause);
            };
            Optional<HealthCheck> check = definitions.of(service, parts.index().operatorState(service));
            boolean here = parts.index().view(service).registrations().stream()
                    .anyMatch(registration -> registration.key().equals(key) && registration.revision() == revision);
            if (!here || check.isEmpty() || check.get().equals(NONE)) {
                told.accept(Confirmations.Finding.UNKNOWN, "");
                return;
            }
            probe(check.get(), key, probed -> told.accept(probed.finding(), probed.cause()));
        });
    }

    /** How long nothing is to be done, unless somebody asks for a confirmation or a check is new. */
    private Duration tick() {
        if (closed) {
            return WITHOUT_CHECKS;
        }
        noticeStop(); // before what is late for that reason alone is looked at
        prober.poll();
        for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
            answer.run();
        }
        long now = parts.ticker().nanos();
        if (now - liveNanos >= LIVE_NANOS) {
            liveNanos = now;
            see(parts.live().get());
        }
        for (ServiceId service : List.copyOf(dirty)) {
            dirty.remove(service); // before it is read: what changes from now on is dirty again
            follow(service);
        }
        startDue(now);
        verdicts.flush();
        restsSinceNanos = parts.ticker().nanos();
        if (underWay > 0 || asked.get() > 0) {
            return TICK;
        }
        return tracked.isEmpty() ? WITHOUT_CHECKS : AT_REST;
    }

    /** Measured from the end of the last tick: one that takes long itself must not be the reason for the next to begin anew. */
    private void noticeStop() {
        long stopped = parts.ticker().nanos() - restsSinceNanos;
        if (stopped >= STOPPED_NANOS) {
            LOG.info("this node was stopped for={} all checks begin anew", Duration.ofNanos(stopped));
            stops++;
            beginAnew();
        }
    }

    private void see(Live seen) {
        if (seen.equals(live)) {
            return;
        }
        LOG.debug("checks are spread over members={} majority={}", seen.members(), seen.hasMajority());
        if (seen.hasMajority() != live.hasMajority()) {
            beginAnew();
        }
        live = seen;
        dirty.addAll(tracked);
    }

    /** What was found until now, and waits to be written, says nothing of the present. */
    private void beginAnew() {
        services.values()
                .forEach(targets -> targets.values().forEach(target -> {
                    target.gone = true;
                    withdraw(target);
                }));
        services.clear();
        queue.clear();
        dirty.addAll(tracked);
    }

    /** Brings what is checked of {@code service} to what the index says. */
    private void follow(ServiceId service) {
        Map<InstanceKey, CheckTarget> before = services.getOrDefault(service, Map.of());
        Map<InstanceKey, CheckTarget> after = new HashMap<>();
        Optional<HealthCheck> check = definitions.of(service, parts.index().operatorState(service));
        Map<InstanceKey, String> unhealthy = parts.index().unhealthy(service);
        if (check.isPresent()) {
            for (Registration registration : parts.index().view(service).registrations()) {
                boolean shown = !unhealthy.containsKey(registration.key());
                HealthCheck own = optedOut(registration.instance()) ? NONE : check.get();
                boolean matters = !own.equals(NONE) || !shown;
                if (registration.instance().durability() == Durability.PERSISTENT && matters) {
                    follow(
                            new CheckTarget.Found(service, registration.key(), registration.revision(), own, shown),
                            before,
                            after);
                }
            }
        }
        before.values().stream()
                .filter(target -> after.get(target.key) != target)
                .forEach(target -> {
                    target.gone = true;
                    withdraw(target);
                });
        if (after.isEmpty()) {
            services.remove(service);
        } else {
            services.put(service, after);
        }
        boolean ofInterest = check.isEmpty() || !check.get().equals(NONE) || !unhealthy.isEmpty();
        if (ofInterest) {
            tracked.add(service);
        } else {
            tracked.remove(service);
        }
    }

    private void follow(
            CheckTarget.Found found, Map<InstanceKey, CheckTarget> before, Map<InstanceKey, CheckTarget> after) {
        if (!live.hasMajority()) {
            return;
        }
        List<String> order = Rendezvous.order(live.members(), found.service(), found.key());
        if (!order.get(0).equals(live.self())) {
            return;
        }
        CheckTarget known = before.get(found.key());
        if (known != null && known.takesOver(found, order)) {
            after.put(found.key(), known);
            return;
        }
        long interval = found.check().schedule().interval().toNanos();
        long wait = found.check().equals(NONE) ? 0 : parts.random().nextLong(interval);
        CheckTarget target = new CheckTarget(found, order, parts.ticker().nanos() + wait);
        after.put(found.key(), target);
        queue.add(target);
    }

    private static boolean optedOut(Instance instance) {
        return "none".equals(instance.metadata().get(OPT_OUT));
    }

    private void startDue(long now) {
        while (underWay < UNDER_WAY_MAX && !queue.isEmpty() && queue.peek().dueNanos - now <= 0) {
            CheckTarget target = queue.remove();
            if (target.gone) {
                continue;
            }
            if (target.check.equals(NONE)) {
                verdicts.add(target, target.verdict(true, "")); // nobody would ever find out otherwise
                again(target, now);
                continue;
            }
            probe(target.check, target.key, probed -> {
                judged(target, probed);
                again(target, now);
            });
        }
    }

    /** Some time around one interval after {@code startedNanos}, so that checks which began together drift apart. */
    private void again(CheckTarget target, long startedNanos) {
        if (!target.gone) {
            long interval = target.check.schedule().interval().toNanos();
            target.dueNanos =
                    startedNanos + interval - interval / 20 + parts.random().nextLong(interval / 10);
            queue.add(target);
        }
    }

    /** {@code done} is told on the loop. */
    private void probe(HealthCheck check, InstanceKey key, Consumer<Probed> done) {
        underWay++;
        int before = stops;
        prober.probe(
                check,
                key.ip(),
                check.port().orElse(key.port()),
                probed -> answers.add(() -> {
                    underWay--;
                    done.accept(stops == before ? probed : Probed.unknown("the server was stopped meanwhile"));
                }));
    }

    private void judged(CheckTarget target, Probed probed) {
        if (target.gone) {
            return;
        }
        if (probed.finding() == Confirmations.Finding.UNKNOWN) {
            unable(target, probed.cause());
            return;
        }
        Optional<Boolean> due = target.rule.noted(probed.healthy(), target.shown);
        if (due.isEmpty()) {
            withdraw(target);
        } else if (due.get()) {
            agreement.drop(target);
            verdicts.add(target, target.verdict(true, ""));
        } else {
            agreement.seek(target, target.verdict(false, shortened(probed.cause())), live);
        }
    }

    /** What was to be said of {@code target} is not true any more. */
    private void withdraw(CheckTarget target) {
        agreement.drop(target);
        verdicts.remove(target);
    }

    /** The fault is this server's: what was found of the instance before stays. */
    private void unable(CheckTarget target, String cause) {
        if (unable.due()) {
            LOG.warn(
                    "this server cannot make all health checks, for one that of service={} instance={} cause={}",
                    target.service,
                    target.key,
                    cause);
        }
    }

    private static String shortened(String cause) {
        String printable = cause.replaceAll("[^ -~]", "?");
        return printable.substring(0, Math.min(printable.length(), 200));
    }

    /** Ends the checks; what is under way ends without a judgement. */
    @Override
    public void close() {
        parts.loop().executeOrWait(() -> {
            closed = true;
            prober.close();
        });
    }
}
