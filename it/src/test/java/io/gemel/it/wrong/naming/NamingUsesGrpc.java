package io.gemel.it.wrong.naming;

import io.grpc.Status;

/** Wrong: the domain has no transport. */
record NamingUsesGrpc(Status status) {}
