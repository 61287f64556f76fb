package io.gemel.it.faults.check;

/** How a history names services and instances. */
final class Keys {
    private Keys() {}

    /** The namespace/group/service of an instance, or of a service itself. */
    static String service(String key) {
        int hash = key.indexOf('#');
        return hash < 0 ? key : key.substring(0, hash);
    }

    /** The ip:port/cluster of an instance; empty for a service. */
    static String instance(String key) {
        return key.substring(Math.min(service(key).length() + 1, key.length()));
    }
}
