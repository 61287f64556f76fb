package io.gemel.it.wrong.tools;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Wrong: the field is final, what is in it is not. */
final class StaticCache {
    static final ConcurrentMap<String, String> CACHE = new ConcurrentHashMap<>();

    private StaticCache() {}
}
