package io.gemel.bootstrap.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import java.util.TreeMap;

/** What {@code -o json} prints. Field names are stable across releases. */
final class Json {
    private static final Gson PRETTY =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    private static final Gson LINE = new GsonBuilder().disableHtmlEscaping().create();

    private Json() {}

    static String pretty(JsonElement element) {
        return PRETTY.toJson(element);
    }

    static String line(JsonElement element) {
        return LINE.toJson(element);
    }

    static JsonObject service(ServiceId service) {
        JsonObject json = new JsonObject();
        json.addProperty("namespace", service.namespace());
        json.addProperty("group", service.group());
        json.addProperty("name", service.name());
        return json;
    }

    static JsonObject instance(Instance instance) {
        JsonObject json = new JsonObject();
        json.addProperty("ip", instance.key().ip());
        json.addProperty("port", instance.key().port());
        json.addProperty("cluster", instance.key().cluster());
        json.addProperty("weight", instance.weight());
        json.addProperty("enabled", instance.enabled());
        json.addProperty("healthy", instance.healthy());
        json.addProperty("ephemeral", instance.durability() == Durability.EPHEMERAL);
        json.add("metadata", LINE.toJsonTree(new TreeMap<>(instance.metadata())));
        return json;
    }

    static JsonObject view(ServiceView view, boolean usableOnly) {
        JsonObject json = service(view.service());
        json.addProperty("revision", view.revision());
        json.addProperty("protectionThreshold", view.protectionThreshold());
        json.addProperty("protectionReached", view.protectionReached());
        json.add("metadata", LINE.toJsonTree(new TreeMap<>(view.metadata())));
        JsonArray instances = new JsonArray();
        for (Registration registration : view.registrations()) {
            if (!usableOnly || (registration.instance().usable() && !registration.unselected())) {
                JsonObject instance = instance(registration.instance());
                instance.addProperty("revision", registration.revision());
                instance.addProperty("overridden", registration.overridden());
                instance.addProperty("suspect", registration.suspect());
                instance.addProperty("unselected", registration.unselected());
                instances.add(instance);
            }
        }
        json.add("instances", instances);
        return json;
    }

    static JsonObject status(NodeStatus status) {
        return LINE.toJsonTree(status).getAsJsonObject();
    }
}
