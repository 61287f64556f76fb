package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A service that was created and is used by nobody goes, and nothing else does. */
class EmptyServicesTest {
    private static final ServiceId IDLE = ServiceId.of("idle");

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicBoolean here = new AtomicBoolean(true);
    private final HttpNode node = new HttpNode();
    private final EmptyServices empty = new EmptyServices(node.naming, here::get, nanos::get, Duration.ofSeconds(60));

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void whatIsEmptyForSoLongGoes() {
        create("idle", "");
        round(0);
        round(59);
        assertThat(node.naming.described()).containsExactly(IDLE);
        round(1);
        assertThat(node.naming.described()).isEmpty();
        assertThat(node.call("GET", "/v1/ns/service", "serviceName=idle").statusCode())
                .isEqualTo(400);
    }

    @Test
    void whatIsUsedOrSaysSomethingStays() {
        create("used", "");
        node.registerPersistent("used", Instance.persistent("10.0.0.1", 80));
        create("guarded", "&protectThreshold=0.5");
        create("described", "&metadata=owner%3Dshop");
        assertThat(node.call("POST", "/v1/console/namespaces", "customNamespaceId=team&namespaceName=Team")
                        .body())
                .isEqualTo("true");
        int before = node.naming.described().size();
        round(0);
        round(3_600);
        round(3_600);
        assertThat(before).isEqualTo(4);
        assertThat(node.naming.described()).hasSize(before);
    }

    @Test
    void theTimeBeginsAnewWhereTheServiceWasUsedOrSetMeanwhile() {
        create("idle", "");
        round(0);
        node.registerPersistent("idle", Instance.persistent("10.0.0.1", 80));
        round(50);
        assertThat(node.call("DELETE", "/v1/ns/instance", "serviceName=idle&ip=10.0.0.1&port=80&ephemeral=false")
                        .body())
                .isEqualTo("ok");
        round(20);
        assertThat(node.naming.described()).containsExactly(IDLE);
        assertThat(node.call("PUT", "/v1/ns/service", "serviceName=idle&protectThreshold=0")
                        .body())
                .isEqualTo("ok");
        round(50);
        round(50);
        assertThat(node.naming.described()).containsExactly(IDLE);
        round(10);
        assertThat(node.naming.described()).isEmpty();
    }

    @Test
    void anotherNodeThatDoesItIsNotHelped() {
        create("idle", "");
        here.set(false);
        round(0);
        round(120);
        assertThat(node.naming.described()).containsExactly(IDLE);
        here.set(true);
        round(0);
        assertThat(node.naming.described()).as("its time begins here").containsExactly(IDLE);
        round(60);
        assertThat(node.naming.described()).isEmpty();
    }

    private void create(String service, String more) {
        assertThat(node.call("POST", "/v1/ns/service", "serviceName=" + service + more)
                        .body())
                .isEqualTo("ok");
    }

    /** A round after {@code seconds}, and what comes of it. */
    private void round(long seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
        empty.sweep();
        node.settle();
    }
}
