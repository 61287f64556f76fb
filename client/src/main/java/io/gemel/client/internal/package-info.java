/** How the client keeps its promises: the session and its moves between servers, calls with failover, watches. Not for applications. */
@org.jspecify.annotations.NullMarked
package io.gemel.client.internal;
