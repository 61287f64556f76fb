package io.gemel.client.internal;

import io.gemel.naming.ServiceView;

/**
 * What a client takes a service to be. Immutable.
 *
 * @param stale whether it is what was known before, from a cache or from an earlier connection, and no server has confirmed it since
 *     there was reason to ask
 */
record Shown(ServiceView view, boolean stale) {}
