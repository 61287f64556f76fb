package io.gemel.it.wrong.consistency;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** Wrong: threads without a name, a bound or an owner. */
record ConsistencyMakesAPool(Executor pool) {
    ConsistencyMakesAPool() {
        this(Executors.newCachedThreadPool());
    }
}
