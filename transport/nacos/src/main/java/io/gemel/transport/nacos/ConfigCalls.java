package io.gemel.transport.nacos;

import io.gemel.transport.nacos.payload.Payload;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the registry answers to those who take it for a configuration centre, as Dubbo does unless it is told otherwise: that nothing is
 * configured. What they publish is not kept, which the log says once. Thread-safe.
 */
final class ConfigCalls {
    private static final int NO_CONTENT = 300;
    private static final Logger log = LoggerFactory.getLogger(ConfigCalls.class);

    private final AtomicBoolean told = new AtomicBoolean();

    /** By type of request. */
    Map<String, NacosCall> all() {
        return Map.of(
                "ConfigQueryRequest", new NacosCall("ConfigQueryResponse", this::query),
                "ConfigBatchListenRequest", new NacosCall("ConfigChangeBatchListenResponse", this::listen),
                "ConfigPublishRequest", new NacosCall("ConfigPublishResponse", this::accept),
                "ConfigRemoveRequest", new NacosCall("ConfigRemoveResponse", this::accept));
    }

    private CompletableFuture<Payload> query(NacosCall.Request request) {
        tell();
        return request.refused(NO_CONTENT, "config data not exist");
    }

    private CompletableFuture<Payload> listen(NacosCall.Request request) {
        tell();
        return request.ok(json -> {
            json.writeArrayFieldStart("changedConfigs");
            json.writeEndArray();
        });
    }

    private CompletableFuture<Payload> accept(NacosCall.Request request) {
        tell();
        return request.ok(nothing -> {});
    }

    private void tell() {
        if (told.compareAndSet(false, true)) {
            log.warn(
                    "a Nacos client uses this server as its configuration centre, which it is not: queries find nothing, and nothing"
                            + " that is published is kept. Point it elsewhere: spring.cloud.nacos.config.server-addr, or"
                            + " dubbo.registry.use-as-config-center=false and use-as-metadata-center=false");
        }
    }
}
