package io.gemel.it.faults.agent.inside;

import io.gemel.naming.Change;
import io.gemel.naming.ConsistencyService;
import io.gemel.naming.Durability;
import io.gemel.naming.KeyTable;
import io.gemel.naming.OriginId;
import io.gemel.naming.Publication;
import io.gemel.naming.Publications;
import io.gemel.naming.ReadLevel;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Ephemeral instances that nodes do not agree on, or lose. */
final class DistroBugs {
    private static final String DISTRO = "consistency.distro.";

    private DistroBugs() {}

    static List<Bug> all() {
        return List.of(
                snapshotOverwritesLocal(),
                digestDeletesAbsent(),
                droppedDelta(),
                Bug.of("hidden-delta", Weave.into(DISTRO + "OriginEntries", "show", hidesSome())),
                Bug.of("removal-not-told", Weave.into(DISTRO + "OriginLog", "remove", Twist.nothing())),
                Bug.of("resurrection", Weave.into("naming.Publications", "isValid", Twist.answer(true))),
                noTombstone(),
                Bug.of(
                        "expiry-by-minority",
                        Weave.into("consistency.cluster.FailureDetector", "seesMajority", Twist.answer(true))),
                Bug.of("dead-node-never-expires", Weave.into(DISTRO + "DistroCore", "overdue", Twist.answer(false))),
                noRelink(),
                apNeedsRaft());
    }

    /** What a peer sends of itself when it starts is taken for all there is, and this node's own instances are none of it. */
    private static Bug snapshotOverwritesLocal() {
        Map<Object, Object> owners = Collections.synchronizedMap(new WeakHashMap<>());
        return Bug.of(
                "snapshot-overwrites-local",
                Weave.into(DISTRO + "OwnOrigin", "<init>", Twist.result((call, result) -> {
                    owners.put(Peek.ask(call.arguments()[2], "publications"), call.arguments()[0]);
                    return result;
                })),
                Weave.into(DISTRO + "OriginCopy", "endSnapshot", Twist.result((call, result) -> {
                    Object publications = Peek.field(call.object(), "publications");
                    hide(publications, origin -> origin.equals(owners.get(publications)));
                    return result;
                })));
    }

    /** What a peer that joins does not list in its first digest, this node deletes. */
    private static Bug digestDeletesAbsent() {
        return Bug.of(
                "digest-deletes-absent", Weave.into(DISTRO + "DistroCore", "greeted", Twist.result((call, result) -> {
                    Object own = Peek.ask(Peek.field(call.object(), "own"), "id");
                    String joined = (String) Peek.ask(call.arguments()[0], "getNode");
                    hide(
                            Peek.field(Peek.field(call.object(), "copies"), "publications"),
                            origin -> !origin.equals(own) && !origin.node().equals(joined));
                    return result;
                })));
    }

    private static void hide(Object registry, Predicate<OriginId> whose) {
        Publications publications = (Publications) registry;
        Map<?, ?> services = (Map<?, ?>) Peek.field(publications, "services");
        List<?> all = services.values().stream()
                .flatMap(keys -> ((KeyTable<?, ?>) keys).stream())
                .flatMap(claims -> ((List<?>) Peek.ask(claims, "all")).stream())
                .toList();
        for (Object claim : all) {
            OriginId origin = (OriginId) Peek.field(claim, "origin");
            if (whose.test(origin)) {
                publications.remove(origin, ((Publication) Peek.field(claim, "publication")).slot());
            }
        }
    }

    /** Some changes of a peer are lost on the way, and digests are not compared. */
    private static Bug droppedDelta() {
        Twist loses = new Twist() {
            private final Counter batches = new Counter();

            @Override
            public @Nullable Object before(Call call) {
                if (batches.next() % 5 == 0) {
                    call.arguments()[0] = List.of();
                }
                return null;
            }
        };
        return Bug.of(
                "dropped-delta",
                Weave.into(DISTRO + "OriginCopy", "apply", loses),
                Weave.into(DISTRO + "DistroCore", "compared", Twist.answer(Optional.empty())));
    }

    /** Some instances of a peer are counted in its digest and not shown. */
    private static Twist hidesSome() {
        return new Twist() {
            private final Counter instances = new Counter();

            @Override
            public @Nullable Object before(Call call) {
                boolean instance =
                        call.arguments()[1].getClass().getSimpleName().equals("Published");
                return instance && instances.next() % 7 == 0 ? NOTHING : null;
            }
        };
    }

    /** The record that voids what a session left elsewhere is erased as the session ends. */
    private static Bug noTombstone() {
        Twist atOnce = new Twist() {
            @Override
            public @Nullable Object before(Call call) {
                call.arguments()[0] = Duration.ZERO;
                return null;
            }
        };
        return Bug.of(
                "no-tombstone",
                Weave.into(DISTRO + "OwnOrigin", "eraseClosed", atOnce),
                Weave.into("naming.Publications", "heldElsewhere", Twist.answer(false)),
                Weave.into("naming.Publications", "removeSession", forgetsAll()));
    }

    /** With its record the session's trace is forgotten, whatever other origins still hold. */
    private static Twist forgetsAll() {
        return Twist.result((call, result) -> {
            ((Map<?, ?>) Peek.field(call.object(), "sessions")).remove(call.arguments()[1]);
            return result;
        });
    }

    /** A link that worked and broke is never opened again. */
    private static Bug noRelink() {
        Set<Object> worked = Collections.newSetFromMap(new WeakHashMap<>());
        Twist remembers = Twist.result((call, result) -> {
            synchronized (worked) {
                worked.add(call.object());
            }
            return result;
        });
        Twist stays = new Twist() {
            @Override
            public @Nullable Object before(Call call) {
                synchronized (worked) {
                    return worked.contains(call.object()) ? NOTHING : null;
                }
            }
        };
        return Bug.of(
                "no-relink",
                Weave.into(DISTRO + "GrpcLinks$Link", "onNext", remembers),
                Weave.into(DISTRO + "GrpcLinks$Link", "ended", stays));
    }

    /** Ephemeral writes wait until Raft has a leader. */
    private static Bug apNeedsRaft() {
        return Bug.of("ap-needs-raft", Weave.into("consistency.RoutedConsistency", "write", waitsForLeader()));
    }

    private static Twist waitsForLeader() {
        return new Twist() {
            @Override
            @SuppressWarnings("FutureReturnValueIgnored") // it becomes the result of the woven method
            public @Nullable Object before(Call call) {
                Change change = (Change) call.arguments()[0];
                if (change.durability() == Durability.PERSISTENT) {
                    return null;
                }
                ConsistencyService distro = (ConsistencyService) Peek.field(call.object(), "distro");
                ConsistencyService raft = (ConsistencyService) Peek.field(call.object(), "raft");
                return raft.readable(ReadLevel.LINEARIZABLE).thenCompose(led -> distro.write(change));
            }
        };
    }
}
