package io.gemel.it.wrong.transport.grpc;

import io.gemel.it.wrong.naming.NamingKnowsADoor;
import java.util.Optional;

/** Right by itself, but what it knows knows it too. */
public record DoorKnowsNaming(Optional<NamingKnowsADoor> naming) {}
