package io.gemel.it.wrong.naming;

import io.gemel.it.wrong.transport.grpc.DoorKnowsNaming;

/** Wrong: the domain knows a door, and so stands in a cycle with it. */
public record NamingKnowsADoor(DoorKnowsNaming door) {}
