package io.gemel.transport.nacos;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log, once for all doors of a node, that somebody takes this registry for a configuration centre. Thread-safe. */
public final class ConfigNotice {
    private static final Logger log = LoggerFactory.getLogger(ConfigNotice.class);

    private final AtomicBoolean told = new AtomicBoolean();

    /** A notice that has not been given yet. */
    public ConfigNotice() {}

    /** Whether this gave it, which only the first call does. */
    boolean give() {
        boolean first = told.compareAndSet(false, true);
        if (first) {
            log.warn("a Nacos client uses this server as its configuration centre, which it is not: queries find"
                    + " nothing, and nothing that is published is kept. Point it elsewhere:"
                    + " spring.cloud.nacos.config.server-addr, or dubbo.registry.use-as-config-center=false and"
                    + " use-as-metadata-center=false");
        }
        return first;
    }
}
