package io.gemel.it.wrong.client.internal;

/** Wrong: public, though neither the client's API nor anything else uses it. */
public record PublicInternal() {}
