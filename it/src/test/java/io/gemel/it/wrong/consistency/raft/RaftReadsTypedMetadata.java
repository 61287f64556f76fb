package io.gemel.it.wrong.consistency.raft;

import io.gemel.it.wrong.typed.TypedKnowsADoor;

/** Wrong: to Raft typed metadata is bytes. */
record RaftReadsTypedMetadata(TypedKnowsADoor typed) {}
