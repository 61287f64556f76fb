package io.gemel.transport.nacos;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gemel.naming.NodeStatus;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Numbers and switches over HTTP, for administrators. Thread-safe. */
final class HttpOperator {
    /** By the name of its entry, what each of Nacos's switches is here. Numbers and flags, as JSON has them. */
    private static final Map<String, String> SWITCHES = switches();

    private final NodeStatus.Source status;
    private final UdpPush push;

    HttpOperator(NodeStatus.Source status, UdpPush push) {
        this.status = status;
        this.push = push;
    }

    CompletableFuture<HttpAnswer> metrics(HttpCall call) {
        NodeStatus now = status.status();
        boolean whole = !call.flag("onlyStatus").orElse(true);
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartObject();
            json.writeStringField("status", now.ready() ? "UP" : "STARTING");
            if (whole) {
                writeNumbers(json, now);
            }
            json.writeEndObject();
        }));
    }

    private void writeNumbers(JsonGenerator json, NodeStatus now) throws IOException {
        Runtime runtime = Runtime.getRuntime();
        json.writeNumberField("serviceCount", now.services());
        json.writeNumberField("instanceCount", now.instances());
        json.writeNumberField("subscribeCount", push.subscribers().size());
        json.writeNumberField("responsibleInstanceCount", now.instances());
        json.writeNumberField("clientCount", now.sessions());
        json.writeNumberField("connectionBasedClientCount", now.sessions());
        json.writeNumberField(
                "load", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        json.writeNumberField("mem", (double) (runtime.totalMemory() - runtime.freeMemory()) / runtime.maxMemory());
    }

    CompletableFuture<HttpAnswer> switches(HttpCall call) {
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartObject();
            json.writeStringField("name", "00-00---000-NACOS_SWITCH_DOMAIN-000---00-00");
            for (Map.Entry<String, String> entry : SWITCHES.entrySet()) {
                json.writeFieldName(entry.getKey());
                json.writeRawValue(entry.getValue());
            }
            json.writeEndObject();
        }));
    }

    /** None can be changed while servers run; who sets one to what it is has what it wants. */
    CompletableFuture<HttpAnswer> setSwitch(HttpCall call) {
        String entry = call.required("entry");
        String value = call.required("value");
        if (value.equals(SWITCHES.get(entry))) {
            return HttpAnswer.now(HttpAnswer.OK);
        }
        throw HttpRefusal.unsupported(
                "a switch cannot be changed while Gemel runs; see its settings: gemel server --help");
    }

    CompletableFuture<HttpAnswer> pushState(HttpCall call) {
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartObject();
            json.writeNumberField("total", push.sent());
            json.writeNumberField("succeed", push.acknowledged());
            json.writeNumberField("subscribers", push.subscribers().size());
            json.writeEndObject();
        }));
    }

    /** Any server takes any client's calls, and hands on what another one keeps: so it is this one. */
    CompletableFuture<HttpAnswer> responsible(HttpCall call) {
        String unused = call.text("ip").isPresent() ? call.required("port") : call.required("ip");
        NodeStatus now = status.status();
        String self = now.members().stream()
                .filter(member -> member.id().equals(now.nodeId()))
                .map(NodeStatus.Member::clientAddress)
                .findFirst()
                .orElse("");
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartObject();
            json.writeStringField("responsibleServer", self);
            json.writeEndObject();
        }));
    }

    private static Map<String, String> switches() {
        Map<String, String> switches = new LinkedHashMap<>();
        switches.put("masters", "null");
        switches.put("defaultPushCacheMillis", Integer.toString(ViewJson.CACHE_MILLIS));
        switches.put("clientBeatInterval", "5000");
        switches.put("defaultCacheMillis", "3000");
        switches.put("healthCheckEnabled", "true");
        switches.put("autoChangeHealthCheckEnabled", "true");
        switches.put("distroEnabled", "true");
        switches.put("enableStandalone", "true");
        switches.put("pushEnabled", "true");
        switches.put("checkTimes", "3");
        switches.put("disableAddIP", "false");
        switches.put("sendBeatOnly", "false");
        switches.put("lightBeatEnabled", "true");
        switches.put("limitedUrlMap", "{}");
        switches.put("enableAuthentication", "false");
        switches.put("overriddenServerStatus", "null");
        switches.put("defaultInstanceEphemeral", "true");
        switches.put("healthCheckWhiteList", "[]");
        return Map.copyOf(switches);
    }
}
