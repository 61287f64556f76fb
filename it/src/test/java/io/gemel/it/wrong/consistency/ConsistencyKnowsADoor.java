package io.gemel.it.wrong.consistency;

import io.gemel.it.wrong.transport.grpc.DoorKnowsNaming;

/** Wrong: a protocol behind the domain knows a door before it. */
public record ConsistencyKnowsADoor(DoorKnowsNaming door) {}
