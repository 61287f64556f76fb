package io.gemel.transport.nacos;

import io.gemel.naming.ServiceSettings;
import io.gemel.naming.TypedMetadata;
import io.gemel.typed.HealthCheck;
import io.gemel.typed.Schedule;
import io.gemel.typed.TypedCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Nacos's descriptions of health checks as the registry's own, and back. Stateless. */
final class HttpHealthChecks {
    /** What can be set. */
    static final List<String> TYPES = List.of("TCP", "HTTP", "MYSQL", "NONE");

    private static final int EXPECTED_USUAL = 200;

    private final TypedCodec codec;

    HttpHealthChecks(TypedCodec codec) {
        this.codec = codec;
    }

    /** {@code settings} with this check instead of theirs. */
    ServiceSettings with(ServiceSettings settings, JsonObject checker, Optional<Integer> port) {
        List<Object> values = new ArrayList<>(codec.decode(settings.typed().bytes()));
        values.removeIf(HealthCheck.class::isInstance);
        HealthCheck check = check(checker, port);
        if (!(check instanceof HealthCheck.None)) {
            values.add(check);
        }
        return settings.withTyped(TypedMetadata.of(codec.encode(values)));
    }

    /** Nacos's word for the check of a service. */
    String type(ServiceSettings settings) {
        Optional<HealthCheck> check = codec.decode(settings.typed().bytes()).stream()
                .filter(HealthCheck.class::isInstance)
                .map(HealthCheck.class::cast)
                .findFirst();
        if (check.isEmpty() || check.get() instanceof HealthCheck.None) {
            return "NONE";
        }
        if (check.get() instanceof HealthCheck.Http) {
            return "HTTP";
        }
        return check.get() instanceof HealthCheck.MySql ? "MYSQL" : "TCP";
    }

    /** Whether servers say of its instances whether they are healthy. */
    boolean any(ServiceSettings settings) {
        return !type(settings).equals("NONE");
    }

    private static HealthCheck check(JsonObject checker, Optional<Integer> port) {
        String type = checker.text("type").orElse("").toUpperCase(Locale.ROOT);
        return switch (type) {
            case "TCP" -> new HealthCheck.Tcp(Schedule.USUAL, port);
            case "HTTP" ->
                new HealthCheck.Http(
                        Schedule.USUAL,
                        port,
                        checker.text("path").filter(path -> !path.isEmpty()).orElse("/"),
                        List.of(checker.integer("expectedResponseCode", EXPECTED_USUAL)),
                        host(checker.text("headers").orElse("")));
            case "MYSQL" -> new HealthCheck.MySql(Schedule.USUAL, port);
            case "NONE" -> new HealthCheck.None();
            default -> throw HttpRefusal.invalid("healthChecker: unknown type (expected: one of " + TYPES + ")");
        };
    }

    /** Of the headers a check can send one, Host; Nacos leaves out what has not exactly one colon. */
    private static Optional<String> host(String headers) {
        Optional<String> host = Optional.empty();
        for (String header : headers.split("\\|", -1)) {
            String[] parts = header.split(":", -1);
            if (parts.length == 2) {
                if (!parts[0].strip().equalsIgnoreCase("host")) {
                    throw HttpRefusal.invalid(
                            "healthChecker: header '" + parts[0].strip() + "' (expected: Host alone)");
                }
                host = Optional.of(parts[1].strip());
            }
        }
        return host;
    }
}
