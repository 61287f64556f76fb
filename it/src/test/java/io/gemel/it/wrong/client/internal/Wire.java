package io.gemel.it.wrong.client.internal;

/** Right by itself; whoever outside the client uses it is wrong. */
public record Wire() {}
