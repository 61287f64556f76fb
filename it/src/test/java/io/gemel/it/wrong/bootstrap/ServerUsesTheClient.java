package io.gemel.it.wrong.bootstrap;

import io.gemel.it.wrong.client.ClientKnowsConsistency;

/** Wrong: a server that needs a client to run. */
record ServerUsesTheClient(ClientKnowsConsistency client) {}
