package io.gemel.it.wrong.client;

import io.gemel.it.wrong.consistency.ConsistencyKnowsADoor;

/** Wrong: whoever embeds the client would get the server's protocols with it. */
public record ClientKnowsConsistency(ConsistencyKnowsADoor consistency) {}
