package io.gemel.bootstrap.cli;

import io.gemel.naming.Instance;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceView;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Instances as text for people. */
final class InstanceText {
    private InstanceText() {}

    /** On one line, without what is as usual. */
    static String line(Instance instance) {
        return instance.key() + " " + state(instance);
    }

    /** As {@link #line}, without the address. */
    static String state(Instance instance) {
        StringBuilder line = new StringBuilder(kind(instance));
        if (instance.weight() != 1) {
            line.append(" weight=").append(number(instance.weight()));
        }
        if (!instance.enabled()) {
            line.append(" disabled");
        }
        if (!instance.healthy()) {
            line.append(" unhealthy");
        }
        return line.append(instance.metadata().isEmpty() ? "" : " " + metadata(instance.metadata()))
                .toString();
    }

    static Table table(ServiceView view, boolean usableOnly) {
        Table table = new Table(
                "ADDRESS",
                "CLUSTER",
                "KIND",
                "WEIGHT",
                "ENABLED",
                "HEALTHY",
                "SUSPECT",
                "SELECTED",
                "OVERRIDDEN",
                "REVISION",
                "METADATA");
        for (Registration registration : view.registrations()) {
            Instance instance = registration.instance();
            if (!usableOnly || (instance.usable() && !registration.unselected())) {
                table.row(
                        instance.withCluster("DEFAULT").key(),
                        instance.key().cluster(),
                        kind(instance),
                        number(instance.weight()),
                        instance.enabled() ? "yes" : "no",
                        instance.healthy() ? "yes" : "no",
                        registration.suspect() ? "yes" : "-",
                        registration.unselected() ? "no" : "-",
                        registration.overridden() ? "yes" : "-",
                        registration.revision() == 0 ? "-" : registration.revision(),
                        instance.metadata().isEmpty() ? "-" : metadata(instance.metadata()));
            }
        }
        return table;
    }

    static String kind(Instance instance) {
        return switch (instance.durability()) {
            case EPHEMERAL -> "ephemeral";
            case PERSISTENT -> "persistent";
        };
    }

    static String number(double weight) {
        return weight == Math.rint(weight) ? Long.toString((long) weight) : Double.toString(weight);
    }

    static String metadata(Map<String, String> metadata) {
        return new TreeMap<>(metadata)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(","));
    }
}
