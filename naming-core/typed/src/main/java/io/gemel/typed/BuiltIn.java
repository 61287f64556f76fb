package io.gemel.typed;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The forms that every server knows. */
final class BuiltIn {
    private static final String INTERVAL = "intervalMillis";
    private static final String TIMEOUT = "timeoutMillis";
    private static final String RISE = "rise";
    private static final String FALL = "fall";
    private static final String PORT = "port";

    static final List<TypedForm<?>> FORMS = List.of(
            new TypedForm<>(
                    "gemel.check.None",
                    HealthCheck.None.class,
                    List.of(),
                    check -> Map.of(),
                    fields -> new HealthCheck.None()),
            new TypedForm<>(
                    "gemel.check.Tcp",
                    HealthCheck.Tcp.class,
                    List.of(INTERVAL, TIMEOUT, RISE, FALL, PORT),
                    BuiltIn::common,
                    fields -> new HealthCheck.Tcp(schedule(fields), fields.optionalInteger(PORT))),
            new TypedForm<>(
                    "gemel.check.Http",
                    HealthCheck.Http.class,
                    List.of(INTERVAL, TIMEOUT, RISE, FALL, PORT, "path", "expected", "host"),
                    check -> {
                        Map<String, Object> fields = common(check);
                        fields.put("path", check.path());
                        fields.put("expected", check.expected());
                        check.host().ifPresent(host -> fields.put("host", host));
                        return fields;
                    },
                    fields -> new HealthCheck.Http(
                            schedule(fields),
                            fields.optionalInteger(PORT),
                            fields.text("path"),
                            fields.integers("expected"),
                            fields.optionalText("host"))),
            new TypedForm<>(
                    "gemel.check.GrpcHealth",
                    HealthCheck.GrpcHealth.class,
                    List.of(INTERVAL, TIMEOUT, RISE, FALL, PORT, "service"),
                    check -> {
                        Map<String, Object> fields = common(check);
                        fields.put("service", check.service());
                        return fields;
                    },
                    fields -> new HealthCheck.GrpcHealth(
                            schedule(fields), fields.optionalInteger(PORT), fields.text("service"))),
            new TypedForm<>(
                    "gemel.check.MySql",
                    HealthCheck.MySql.class,
                    List.of(INTERVAL, TIMEOUT, RISE, FALL, PORT),
                    BuiltIn::common,
                    fields -> new HealthCheck.MySql(schedule(fields), fields.optionalInteger(PORT))),
            new TypedForm<>(
                    "gemel.selector.Label",
                    LabelSelector.class,
                    List.of("labels"),
                    selector -> Map.of("labels", selector.labels()),
                    fields -> new LabelSelector(fields.texts("labels"))));

    private BuiltIn() {}

    private static Map<String, Object> common(HealthCheck check) {
        Map<String, Object> fields = new HashMap<>();
        fields.put(INTERVAL, millis(check.schedule().interval()));
        fields.put(TIMEOUT, millis(check.schedule().timeout()));
        fields.put(RISE, check.schedule().rise());
        fields.put(FALL, check.schedule().fall());
        check.port().ifPresent(port -> fields.put(PORT, port));
        return fields;
    }

    private static Schedule schedule(TypedFields fields) {
        return new Schedule(
                fields.millis(INTERVAL), fields.millis(TIMEOUT), fields.integer(RISE), fields.integer(FALL));
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
