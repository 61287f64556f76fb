package io.gemel.it.wrong.transport.nacos;

import io.gemel.it.wrong.transport.grpc.DoorKnowsNaming;

/** Wrong: doors stand side by side, not on each other. */
record DoorKnowsAnotherDoor(DoorKnowsNaming other) {}
