package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A registry that speaks Nacos's HTTP API, here another one of our own, is copied and compared by the commands that people run. */
class MirrorIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.40.0.1", 80).withMetadata("zone", "a");
    private static final Instance P = Instance.persistent("10.40.0.2", 80);

    private Node there;
    private Node here;
    private String from;
    private NamingService old;

    @BeforeEach
    void start() {
        there = SANDBOX.node("there");
        here = SANDBOX.node("here");
        there.start();
        here.start();
        there.awaitReady();
        here.awaitReady();
        from = "nacos://" + Node.HOST + ":" + there.httpPort();
        old = SANDBOX.client(there);
        old.register(ORDERS, A);
        old.register(ORDERS, P);
        old.operator().setService(ORDERS, settings(0.3), Precondition.NONE);
    }

    @Test
    void aMirrorFollowsWhatChangesAndKeepsItWhileTheOtherRegistryIsGone() {
        GemelProcess mirror = SANDBOX.start("mirror", "--from=" + from, "--server=" + here.address(), "--interval=1");
        shows(A, P);
        eventually().until(() -> threshold() == 0.3);
        assertThat(compare().exitCode()).isZero();

        Instance heavy = A.withWeight(5);
        old.register(ORDERS, heavy);
        old.deregister(ORDERS, P);
        shows(heavy);

        there.kill();
        eventually().until(() -> mirror.out().contains("nothing changed: "));
        shows(heavy);
        assertThat(mirror.alive()).isTrue();
    }

    @Test
    void whoComesOverByItselfIsLeftAlone() {
        GemelProcess mirror = SANDBOX.start("mirror", "--from=" + from, "--server=" + here.address(), "--interval=1");
        shows(A, P);

        NamingService moved = SANDBOX.client(here);
        Instance own = A.withMetadata(Map.of("moved", "yes"));
        moved.register(ORDERS, own);
        eventually().until(() -> mirror.out().contains("registered in gemel by itself"));
        eventually().untilAsserted(() -> assertThat(here.instances(ORDERS)).contains(own));
        mirror.kill();
        eventually().untilAsserted(() -> assertThat(here.instances(ORDERS)).containsExactly(own, marked(P)));
    }

    @Test
    void onceCopiesWhatStaysAndCompareNamesTheRest() {
        GemelProcess.Ended copied = SANDBOX.gemel("mirror", "--once", "--from=" + from, "--server=" + here.address());
        assertThat(copied.exitCode()).as(copied.out() + copied.err()).isZero();
        assertThat(here.instances(ORDERS)).containsExactly(marked(P));

        GemelProcess.Ended compared = compare();
        assertThat(compared.exitCode()).isEqualTo(1);
        assertThat(compared.out()).contains("10.40.0.1:80", "only in nacos: ephemeral", "1 differences");
    }

    @Test
    void whatCannotBeReadIsNamed() {
        there.kill();
        GemelProcess.Ended once = SANDBOX.gemel("mirror", "--once", "--from=" + from, "--server=" + here.address());
        assertThat(once.exitCode()).isEqualTo(3);
        assertThat(once.err())
                .contains("error UNAVAILABLE: " + Node.HOST + ":" + there.httpPort() + " does not answer", "do: ");
        assertThat(compare().err()).contains("error UNAVAILABLE: ", "does not answer");
        assertThat(SANDBOX.gemel("compare", "--from=nacos://" + here.address(), "--server=" + here.address())
                        .err())
                .contains("error UNAVAILABLE: " + here.address() + " gives no answer in HTTP (expected: the HTTP port");
        assertThat(SANDBOX.gemel("mirror", "--from=http://x", "--server=" + here.address())
                        .err())
                .contains("expected: nacos://host:port");
    }

    private GemelProcess.Ended compare() {
        return SANDBOX.gemel("compare", "--from=" + from, "--server=" + here.address());
    }

    private void shows(Instance... mirrored) {
        List<Instance> marked = List.of(mirrored).stream().map(this::marked).toList();
        eventually().untilAsserted(() -> assertThat(here.instances(ORDERS)).containsExactlyElementsOf(marked));
    }

    private Instance marked(Instance instance) {
        return instance.withMetadata("gemel.mirrored-from", from);
    }

    private double threshold() {
        return SANDBOX.client(here)
                .operator()
                .describe(ORDERS, ReadLevel.LINEARIZABLE)
                .settings()
                .protectionThreshold();
    }

    private static ServiceSettings settings(double threshold) {
        return ServiceSettings.NONE.withProtectionThreshold(threshold);
    }
}
