package io.gemel.transport.nacos;

import io.gemel.transport.nacos.payload.Payload;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What the registry answers to those who take it for a configuration centre, as Dubbo does unless it is told otherwise: that nothing is
 * configured. What they publish is not kept, which the log says once. Thread-safe.
 */
final class ConfigCalls {
    private static final int NO_CONTENT = 300;

    private final ConfigNotice notice;

    ConfigCalls(ConfigNotice notice) {
        this.notice = notice;
    }

    /** By type of request. */
    Map<String, NacosCall> all() {
        return Map.of(
                "ConfigQueryRequest", new NacosCall("ConfigQueryResponse", this::query),
                "ConfigBatchListenRequest", new NacosCall("ConfigChangeBatchListenResponse", this::listen),
                "ConfigPublishRequest", new NacosCall("ConfigPublishResponse", this::accept),
                "ConfigRemoveRequest", new NacosCall("ConfigRemoveResponse", this::accept));
    }

    private CompletableFuture<Payload> query(NacosCall.Request request) {
        notice.give();
        return request.refused(NO_CONTENT, "config data not exist");
    }

    private CompletableFuture<Payload> listen(NacosCall.Request request) {
        notice.give();
        return request.ok(json -> {
            json.writeArrayFieldStart("changedConfigs");
            json.writeEndArray();
        });
    }

    private CompletableFuture<Payload> accept(NacosCall.Request request) {
        notice.give();
        return request.ok(nothing -> {});
    }
}
