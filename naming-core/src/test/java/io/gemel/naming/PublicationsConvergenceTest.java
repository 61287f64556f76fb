package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Nodes that hold the same origins show the same instances, whatever came when.
 *
 * <p>A seeded generator lets sessions move between nodes and publish. Each node's changes form its origin. Nodes then hear the
 * same origins in different interleavings, whole or as a slow peer does: each key's latest change only. What they show is
 * compared with a model that knows nothing of order.
 */
final class PublicationsConvergenceTest {
    private static final int CASES = 3_000;
    private static final int ORDERS_EACH = 4;
    private static final int NODES = 3;

    @Test
    void theShownInstancesDoNotDependOnTheOrderInWhichOriginsAreHeard() {
        for (int seed = 0; seed < CASES; seed++) {
            History history = new History(new Random(seed));
            Map<ServiceId, List<Instance>> expected = history.expected(Set.of());
            for (int order = 0; order < ORDERS_EACH; order++) {
                Random random = new Random(31L * seed + order);
                Node node = new Node();
                node.hear(history.interleaved(random), random);
                assertThat(node.shown()).as("seed %d, order %d", seed, order).isEqualTo(expected);
            }
        }
    }

    @Test
    void whatASessionVoidedStaysVoidWhenOriginsAreDroppedInAnyOrder() {
        for (int seed = 0; seed < CASES; seed++) {
            Random random = new Random(seed);
            History history = new History(random);
            Node node = new Node();
            node.hear(history.interleaved(random), random);
            Set<OriginId> dropped = new HashSet<>();
            for (OriginId origin : history.originsShuffled(random)) {
                dropped.add(origin);
                node.drop(origin, history, random);
                assertThat(node.shown()).as("seed %d without %s", seed, dropped).isEqualTo(history.expected(dropped));
            }
            assertThat(node.publications.remembered()).as("seed %d", seed).isZero();
            assertThat(node.index.services()).isZero();
            assertThat(node.index.instances()).isZero();
        }
    }

    /** A change of one origin, at one key of it. */
    private sealed interface Step {
        OriginId origin();

        Object key();

        void applyTo(Publications publications);

        record Put(OriginId origin, Publication publication) implements Step {
            @Override
            public Object key() {
                return publication.slot();
            }

            @Override
            public void applyTo(Publications publications) {
                publications.put(origin, publication);
            }
        }

        record Remove(OriginId origin, Publication.Slot key) implements Step {
            @Override
            public void applyTo(Publications publications) {
                publications.remove(origin, key);
            }
        }

        record PutSession(OriginId origin, Publisher publisher) implements Step {
            @Override
            public Object key() {
                return publisher.session();
            }

            @Override
            public void applyTo(Publications publications) {
                publications.putSession(origin, publisher, 42);
            }
        }

        record RemoveSession(OriginId origin, String key) implements Step {
            @Override
            public void applyTo(Publications publications) {
                publications.removeSession(origin, key);
            }
        }
    }

    /** What each node wrote to its origin. */
    private static final class History {
        private static final List<ServiceId> SERVICES = List.of(ServiceId.of("orders"), ServiceId.of("bills"));
        private static final int SESSIONS = 3;

        final Map<OriginId, List<Step>> origins = new TreeMap<>();

        History(Random random) {
            IntStream.range(0, NODES).forEach(n -> origins.put(new OriginId("node" + n, 1), new ArrayList<>()));
            List<OriginId> ids = List.copyOf(origins.keySet());
            Map<String, Publisher> sessions = new HashMap<>();
            Map<String, OriginId> homes = new HashMap<>();
            long stamp = 0;
            int steps = 4 + random.nextInt(30);
            for (int step = 0; step < steps; step++) {
                String session = "s" + random.nextInt(SESSIONS);
                if (!sessions.containsKey(session) || random.nextInt(5) == 0) {
                    sessions.put(session, new Publisher(session, ++stamp));
                    homes.put(session, ids.get(random.nextInt(NODES)));
                }
                Publisher publisher = sessions.getOrDefault(session, Publisher.NONE);
                OriginId home = homes.getOrDefault(session, ids.get(0));
                add(aStep(home, publisher, ++stamp, random));
            }
        }

        private static Step aStep(OriginId home, Publisher publisher, long stamp, Random random) {
            Instance instance =
                    Instance.ephemeral("10.0.0." + random.nextInt(2), 80).withWeight((double) stamp);
            Publication publication =
                    new Publication(SERVICES.get(random.nextInt(SERVICES.size())), instance, publisher, stamp);
            return switch (random.nextInt(6)) {
                case 0 -> new Step.PutSession(home, publisher);
                case 1, 2 -> new Step.Remove(home, publication.slot());
                default -> new Step.Put(home, publication);
            };
        }

        private void add(Step step) {
            origins.computeIfAbsent(step.origin(), o -> new ArrayList<>()).add(step);
        }

        List<OriginId> originsShuffled(Random random) {
            return shuffled(List.copyOf(origins.keySet()), random);
        }

        /** All steps, each origin's in its order; of some origins each key's latest only. */
        List<Step> interleaved(Random random) {
            List<List<Step>> rest = new ArrayList<>();
            origins.values().forEach(steps -> rest.add(new ArrayList<>(random.nextBoolean() ? latest(steps) : steps)));
            List<Step> all = new ArrayList<>();
            rest.removeIf(List::isEmpty);
            while (!rest.isEmpty()) {
                List<Step> next = rest.get(random.nextInt(rest.size()));
                all.add(next.remove(0));
                rest.removeIf(List::isEmpty);
            }
            return all;
        }

        private static List<Step> latest(List<Step> steps) {
            Map<Object, Step> latest = new LinkedHashMap<>();
            for (Step step : steps) {
                latest.remove(step.key());
                latest.put(step.key(), step);
            }
            return List.copyOf(latest.values());
        }

        /** What must be shown without the content of {@code dropped}: by the two rules and the final content alone. */
        Map<ServiceId, List<Instance>> expected(Set<OriginId> dropped) {
            Map<String, Long> voidBelow = new HashMap<>();
            List<Step.Put> held = new ArrayList<>();
            origins.forEach((origin, steps) -> {
                for (Step step : latest(steps)) {
                    if (step instanceof Step.PutSession record) {
                        Publisher publisher = record.publisher();
                        voidBelow.merge(publisher.session(), publisher.epoch(), Math::max);
                    } else if (step instanceof Step.Put put && !dropped.contains(origin)) {
                        held.add(put);
                    }
                }
            });
            Map<ServiceId, TreeMap<InstanceKey, Instance>> shown = new HashMap<>();
            held.stream()
                    .map(Step.Put::publication)
                    .filter(p -> p.publisher().epoch()
                            >= voidBelow.getOrDefault(p.publisher().session(), 0L))
                    .sorted(Comparator.comparingLong(Publication::stamp))
                    .forEach(p -> shown.computeIfAbsent(p.service(), s -> new TreeMap<>())
                            .put(p.instance().key(), p.instance()));
            Map<ServiceId, List<Instance>> lists = new HashMap<>();
            shown.forEach((service, instances) -> lists.put(service, List.copyOf(instances.values())));
            return lists;
        }

        /** The removal of all that {@code origin} holds. */
        List<Step> removals(OriginId origin) {
            List<Step> removals = new ArrayList<>();
            for (Step step : latest(origins.getOrDefault(origin, List.of()))) {
                removals.add(
                        step.key() instanceof Publication.Slot slot
                                ? new Step.Remove(origin, slot)
                                : new Step.RemoveSession(origin, step.key().toString()));
            }
            return removals;
        }
    }

    /** What one node shows. */
    private static final class Node {
        final ManualLoop loop = new ManualLoop();
        final ServiceIndex index = new ServiceIndex(loop, views -> {});
        final Publications publications = new Publications(loop, index, new LamportClock());

        void hear(List<Step> steps, Random random) {
            steps.forEach(step -> loop.execute(() -> step.applyTo(publications)));
            while (loop.waiting() > 0) {
                loop.turn(1 + random.nextInt(5));
            }
        }

        void drop(OriginId origin, History history, Random random) {
            hear(shuffled(history.removals(origin), random), random);
        }

        Map<ServiceId, List<Instance>> shown() {
            Map<ServiceId, List<Instance>> shown = new HashMap<>();
            History.SERVICES.stream()
                    .map(index::view)
                    .filter(view -> !view.isEmpty())
                    .forEach(view -> shown.put(view.service(), view.instances()));
            return shown;
        }
    }

    private static <T> List<T> shuffled(List<T> list, Random random) {
        List<T> shuffled = new ArrayList<>(list);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }
}
