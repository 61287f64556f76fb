package io.gemel.it.wrong.typed;

import io.gemel.it.wrong.transport.grpc.DoorKnowsNaming;

/** Wrong: what is behind every door knows one. */
public record TypedKnowsADoor(DoorKnowsNaming door) {}
