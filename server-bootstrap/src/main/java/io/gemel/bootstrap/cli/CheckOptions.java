package io.gemel.bootstrap.cli;

import io.gemel.naming.RegistryException;
import io.gemel.naming.TypedMetadata;
import io.gemel.typed.HealthCheck;
import io.gemel.typed.Schedule;
import io.gemel.typed.TypedCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say how servers check the persistent instances of a service. */
final class CheckOptions {

    @Option(
            names = "--check",
            paramLabel = "KIND",
            description = {
                "How servers check the persistent instances: tcp, http:/PATH, grpc or grpc:SERVICE, mysql (its"
                        + " greeting), or none.",
                "An instance with the metadata gemel.check=none is left out."
            })
    private Optional<String> kind = Optional.empty();

    @Option(
            names = "--check-interval",
            paramLabel = "MILLIS",
            defaultValue = "5000",
            description = "200..3600000. Default: 5000")
    private int interval;

    @Option(
            names = "--check-timeout",
            paramLabel = "MILLIS",
            defaultValue = "1000",
            description = "50..60000, at most the interval. Default: 1000")
    private int timeout;

    @Option(
            names = "--check-rise",
            paramLabel = "N",
            defaultValue = "2",
            description = "Successes in a row that make an instance healthy, 1..20. Default: 2")
    private int rise;

    @Option(
            names = "--check-fall",
            paramLabel = "N",
            defaultValue = "3",
            description = "Failures in a row that make it unhealthy, 1..20. Default: 3")
    private int fall;

    @Option(names = "--check-port", paramLabel = "PORT", description = "Default: the instance's own")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--check-status",
            paramLabel = "STATUS",
            split = ",",
            defaultValue = "200",
            description = "Statuses of a healthy instance over HTTP. Default: 200")
    private List<Integer> statuses = List.of();

    @Option(
            names = "--check-host",
            paramLabel = "NAME",
            description = "The Host header over HTTP. Default: the instance's address")
    private Optional<String> host = Optional.empty();

    boolean given() {
        return kind.isPresent();
    }

    /** {@code before} with the check that is asked for instead of its own; throws {@link RegistryException} for one out of range. */
    TypedMetadata changed(TypedMetadata before) {
        if (kind.isEmpty()) {
            return before;
        }
        TypedCodec codec = TypedCodec.installed();
        List<Object> values = new ArrayList<>(codec.decode(before.bytes()));
        values.removeIf(HealthCheck.class::isInstance);
        HealthCheck check = check(kind.get());
        if (!(check instanceof HealthCheck.None)) {
            values.add(check);
        }
        return TypedMetadata.of(codec.encode(values));
    }

    private HealthCheck check(String text) {
        Schedule schedule = new Schedule(Duration.ofMillis(interval), Duration.ofMillis(timeout), rise, fall);
        if (text.equals("none")) {
            return new HealthCheck.None();
        }
        if (text.equals("tcp")) {
            return new HealthCheck.Tcp(schedule, port);
        }
        if (text.equals("mysql")) {
            return new HealthCheck.MySql(schedule, port);
        }
        if (text.startsWith("http:")) {
            return new HealthCheck.Http(schedule, port, text.substring("http:".length()), statuses, host);
        }
        if (text.equals("grpc") || text.startsWith("grpc:")) {
            return new HealthCheck.GrpcHealth(schedule, port, text.length() > 5 ? text.substring(5) : "");
        }
        throw new RegistryException(
                RegistryException.Code.BAD_REQUEST,
                "--check: '" + text + "' (expected: tcp, http:/PATH, grpc, grpc:SERVICE, mysql or none)");
    }

    /** What {@code typed} asks for, for people. */
    static String text(TypedMetadata typed) {
        try {
            return TypedCodec.installed().decode(typed.bytes()).stream()
                    .filter(HealthCheck.class::isInstance)
                    .map(HealthCheck.class::cast)
                    .findFirst()
                    .map(CheckOptions::text)
                    .orElse("none");
        } catch (RegistryException unreadable) {
            return typed + " that this command cannot read: " + unreadable.getMessage();
        }
    }

    private static String text(HealthCheck check) {
        String kind;
        if (check instanceof HealthCheck.Http http) {
            kind = "http:" + http.path() + " status " + http.expected();
        } else if (check instanceof HealthCheck.GrpcHealth grpc) {
            kind = grpc.service().isEmpty() ? "grpc" : "grpc:" + grpc.service();
        } else {
            kind = check.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        }
        Schedule schedule = check.schedule();
        return "%s%s every %d ms, timeout %d ms, rise %d, fall %d"
                .formatted(
                        kind,
                        check.port().map(port -> " port " + port).orElse(""),
                        schedule.interval().toMillis(),
                        schedule.timeout().toMillis(),
                        schedule.rise(),
                        schedule.fall());
    }
}
