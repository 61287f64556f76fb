package io.gemel.bootstrap.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.OperatorState;
import io.gemel.naming.ServiceDescription;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.ServiceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What operators set, as text for people and as JSON. */
final class OperatorText {
    private OperatorText() {}

    /** On one line. */
    static String line(ServiceSettings settings) {
        List<String> parts = new ArrayList<>();
        parts.add("protection-threshold=" + InstanceText.number(settings.protectionThreshold()));
        settings.guard().ifPresent(mode -> parts.add("guard=" + GuardWord.text(mode)));
        if (!settings.metadata().isEmpty()) {
            parts.add("metadata " + InstanceText.metadata(settings.metadata()));
        }
        if (!settings.typed().isEmpty()) {
            parts.add(CheckOptions.text(settings.typed()));
        }
        SelectorOptions.text(settings.typed()).ifPresent(selector -> parts.add("selector " + selector));
        return String.join(" ", parts);
    }

    /** On one line, what it sets alone. */
    static String line(InstanceOverride override) {
        List<String> parts = new ArrayList<>();
        override.enabled().ifPresent(enabled -> parts.add(enabled ? "enabled" : "disabled"));
        override.weight().ifPresent(weight -> parts.add("weight=" + InstanceText.number(weight)));
        if (!override.metadata().isEmpty()) {
            parts.add(InstanceText.metadata(override.metadata()));
        }
        return parts.isEmpty() ? "as registered" : String.join(" ", parts);
    }

    /** All that is known, on some lines. */
    static List<String> lines(ServiceDescription description) {
        ServiceView.Tally tally = description.tally();
        ServiceSettings settings = description.settings();
        List<String> lines = new ArrayList<>();
        lines.add("service      " + description.service());
        lines.add("instances    %d, %d enabled, %d of these healthy"
                .formatted(tally.instances(), tally.enabled(), tally.healthy()));
        lines.add("protection   " + protection(description));
        lines.add("guard        " + GuardWord.text(settings.guard()));
        lines.add("metadata     " + (settings.metadata().isEmpty() ? "-" : InstanceText.metadata(settings.metadata())));
        if (!settings.typed().isEmpty()) {
            lines.add("check        " + CheckOptions.text(settings.typed()));
        }
        SelectorOptions.text(settings.typed()).ifPresent(selector -> lines.add("selector     " + selector));
        lines.add("revision     " + (description.revision() == 0 ? "- (nothing is set)" : description.revision()));
        if (!description.state().overrides().isEmpty()) {
            lines.add("");
            lines.addAll(table(description.state().overrides()).lines(""));
        }
        if (!description.unhealthy().isEmpty()) {
            lines.add("");
            Table unhealthy = new Table("ADDRESS", "CLUSTER", "UNHEALTHY BECAUSE");
            new TreeMap<>(description.unhealthy())
                    .forEach((key, cause) -> unhealthy.row(
                            new InstanceKey(key.ip(), key.port(), InstanceKey.DEFAULT_CLUSTER), key.cluster(), cause));
            lines.addAll(unhealthy.lines(""));
        }
        return lines;
    }

    private static String protection(ServiceDescription description) {
        double threshold = description.settings().protectionThreshold();
        if (threshold == 0) {
            return "off";
        }
        return "below %s healthy: %s"
                .formatted(
                        InstanceText.number(threshold),
                        description.protectionReached()
                                ? "reached, callers use unhealthy instances too"
                                : "not reached");
    }

    private static Table table(List<OperatorState.Overridden> overrides) {
        Table table = new Table("ADDRESS", "CLUSTER", "OVERRIDE", "REVISION", "REGISTERED");
        for (OperatorState.Overridden overridden : overrides) {
            InstanceKey key = overridden.key();
            table.row(
                    new InstanceKey(key.ip(), key.port(), InstanceKey.DEFAULT_CLUSTER),
                    key.cluster(),
                    line(overridden.override().value()),
                    overridden.override().revision(),
                    overridden.registered().map(InstanceText::state).orElse("-"));
        }
        return table;
    }

    static JsonObject json(ServiceSettings settings) {
        JsonObject json = new JsonObject();
        json.addProperty("protectionThreshold", settings.protectionThreshold());
        json.addProperty("guard", GuardWord.text(settings.guard()));
        json.add("metadata", metadata(settings.metadata()));
        SelectorOptions.text(settings.typed()).ifPresent(selector -> json.addProperty("selector", selector));
        json.addProperty("typedBytes", settings.typed().size());
        return json;
    }

    static JsonObject json(InstanceOverride override) {
        JsonObject json = new JsonObject();
        override.enabled().ifPresent(enabled -> json.addProperty("enabled", enabled));
        override.weight().ifPresent(weight -> json.addProperty("weight", weight));
        json.add("metadata", metadata(override.metadata()));
        return json;
    }

    static JsonObject json(InstanceKey key) {
        JsonObject json = new JsonObject();
        json.addProperty("ip", key.ip());
        json.addProperty("port", key.port());
        json.addProperty("cluster", key.cluster());
        return json;
    }

    static JsonObject json(ServiceDescription description) {
        JsonObject json = Json.service(description.service());
        json.add("settings", json(description.settings()));
        json.addProperty("revision", description.revision());
        json.addProperty("instances", description.tally().instances());
        json.addProperty("enabled", description.tally().enabled());
        json.addProperty("healthy", description.tally().healthy());
        json.addProperty("protectionReached", description.protectionReached());
        JsonArray overrides = new JsonArray();
        for (OperatorState.Overridden overridden : description.state().overrides()) {
            JsonObject each = json(overridden.key());
            each.add("override", json(overridden.override().value()));
            each.addProperty("revision", overridden.override().revision());
            overridden.registered().ifPresent(instance -> each.add("registered", Json.instance(instance)));
            overrides.add(each);
        }
        json.add("overrides", overrides);
        JsonArray unhealthy = new JsonArray();
        new TreeMap<>(description.unhealthy()).forEach((key, cause) -> {
            JsonObject each = json(key);
            each.addProperty("cause", cause);
            unhealthy.add(each);
        });
        json.add("unhealthy", unhealthy);
        return json;
    }

    private static JsonElement metadata(Map<String, String> metadata) {
        JsonObject json = new JsonObject();
        new TreeMap<>(metadata).forEach(json::addProperty);
        return json;
    }
}
