package io.gemel.it.wrong.bootstrap.cli;

import io.gemel.it.wrong.client.internal.Wire;

/** Wrong: a command has no other rights than any embedder. */
record CommandUsesClientInternals(Wire wire) {}
