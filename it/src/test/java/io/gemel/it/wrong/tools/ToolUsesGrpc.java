package io.gemel.it.wrong.tools;

import io.grpc.Status;

/** Wrong: a new part that talks on its own, in a package that is not null-marked (none of the wrong ones is). */
record ToolUsesGrpc(Status status) {}
