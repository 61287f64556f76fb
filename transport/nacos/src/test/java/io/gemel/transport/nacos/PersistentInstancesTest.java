package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Change;
import io.gemel.naming.ConsistencyService;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.LamportClock;
import io.gemel.naming.ManualLoop;
import io.gemel.naming.ManualTicker;
import io.gemel.naming.Naming;
import io.gemel.naming.Publications;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Readiness;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.Sessions;
import io.gemel.naming.Subscriptions;
import io.gemel.naming.Written;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** At an ip and port is one persistent instance, whichever cluster each registration is for: never none, if one was registered. */
final class PersistentInstancesTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");

    private final ManualLoop loop = new ManualLoop();
    private final ServiceIndex index = new ServiceIndex(loop, views -> {});
    private final LamportClock clock = new LamportClock();
    private final Log log = new Log();
    private final Naming naming = new Naming(
            log,
            index,
            new Subscriptions(loop),
            new Sessions(
                    loop,
                    new ManualTicker(),
                    new Random(1),
                    new Sessions.Config(Duration.ofSeconds(2), 1),
                    clock,
                    new Publications(loop, index, clock),
                    log),
            new Readiness());
    private final PersistentInstances persistent = new PersistentInstances(naming);

    /** Applies each write in the loop, as an entry of a log or as one together with all others; heeds preconditions. */
    private final class Log implements ConsistencyService {
        final Map<InstanceKey, Long> revisions = new HashMap<>();
        long entry;
        boolean oneEntryForAll;

        @Override
        public CompletableFuture<Written> write(Change change) {
            CompletableFuture<Written> written = new CompletableFuture<>();
            loop.execute(() -> {
                entry += oneEntryForAll ? 0 : 1;
                try {
                    apply(change);
                    Written done = new Written(entry);
                    loop.afterTurn(() -> written.complete(done));
                } catch (RegistryException conflict) {
                    loop.afterTurn(() -> written.completeExceptionally(conflict));
                }
            });
            return written;
        }

        private void apply(Change change) {
            if (change instanceof Change.Register register) {
                register.instances().forEach(instance -> {
                    revisions.put(instance.key(), entry);
                    index.persistent(ORDERS, instance.key(), Optional.of(new Registration(instance, entry)));
                });
            } else if (change instanceof Change.Deregister deregister) {
                for (InstanceKey key : deregister.keys()) {
                    if (!deregister.precondition().holds(revisions.getOrDefault(key, 0L))) {
                        throw new RegistryException(RegistryException.Code.REVISION_CONFLICT, "written since");
                    }
                    revisions.remove(key);
                    index.persistent(ORDERS, key, Optional.empty());
                }
            }
        }

        @Override
        public CompletableFuture<Void> readable(ReadLevel level) {
            return CompletableFuture.completedFuture(null);
        }
    }

    private CompletableFuture<Written> register(String cluster) {
        return persistent.register(ORDERS, Instance.persistent("10.0.0.1", 80).withCluster(cluster));
    }

    private void assertListed(List<CompletableFuture<Written>> accepted, String cluster) {
        loop.runAll();
        assertThat(accepted).allSatisfy(each -> assertThat(each).isCompleted());
        assertThat(naming.present(ORDERS).instances())
                .extracting(instance -> instance.key().cluster())
                .containsExactly(cluster);
    }

    @Test
    void ofTwoThatRegisterAtOneAddressAtTheSameTimeTheLaterStays() {
        assertListed(List.of(register("b"), register("a")), "a");
        assertListed(List.of(register("a"), register("b")), "b");
    }

    @Test
    void ofTwoInOneEntryOfTheLogOneStays() {
        log.entry = 7;
        log.oneEntryForAll = true;
        assertListed(List.of(register("b"), register("a"), register("c")), "c");
    }

    @Test
    void whatIsRegisteredAgainWhileItIsBeingReplacedStays() {
        assertListed(List.of(register("a")), "a");
        List<CompletableFuture<Written>> two = List.of(register("b"), register("a"));
        loop.turn(1); // the removal of the first "a" stands behind the second one
        assertListed(two, "a");
    }

    @Test
    void whatIsDeregisteredWhileItIsBeingReplacedIsGone() {
        assertListed(List.of(register("a")), "a");
        CompletableFuture<Written> moved = register("b");
        loop.turn(1);
        CompletableFuture<Written> removed = persistent.deregister(ORDERS, new InstanceKey("10.0.0.1", 80, "x"));
        loop.runAll();
        assertThat(moved).isCompleted();
        assertThat(removed).isCompleted();
        assertThat(naming.present(ORDERS).isEmpty())
                .as("at the address, whichever cluster")
                .isTrue();
    }
}
