package io.gemel.it.wrong.transport.grpc;

import io.gemel.it.wrong.consistency.ConsistencyKnowsADoor;

/** Wrong: a door reaches past the domain. */
record DoorKnowsConsistency(ConsistencyKnowsADoor consistency) {}
