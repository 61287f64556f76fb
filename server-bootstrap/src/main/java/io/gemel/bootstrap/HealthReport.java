package io.gemel.bootstrap;

import io.gemel.naming.Loop;
import io.gemel.naming.Readiness;
import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.time.Duration;
import java.util.List;

/** Tells load balancers and probes by gRPC's standard health service: serving while the node is ready. */
final class HealthReport {
    private static final Duration CHECK = Duration.ofMillis(500);
    private static final List<String> SERVICES =
            List.of(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, "gemel.v1.Registry");

    private final Readiness readiness;
    private final HealthStatusManager manager = new HealthStatusManager();

    HealthReport(Readiness readiness) {
        this.readiness = readiness;
        report();
    }

    /** The service itself. */
    BindableService service() {
        return manager.getHealthService();
    }

    /** Reports changes from now on. */
    void follow(Loop loop) {
        readiness.whenReady(this::report);
        loop.every(CHECK, this::report);
    }

    /** Reports not serving, for good. */
    void stopping() {
        manager.enterTerminalState();
    }

    private void report() {
        ServingStatus status = readiness.ready() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        SERVICES.forEach(service -> manager.setStatus(service, status));
    }
}
