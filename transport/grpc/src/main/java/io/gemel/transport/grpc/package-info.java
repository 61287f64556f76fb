/** The gRPC door: the contract gemel.v1 between clients and servers, its codec and errors, and the server's side of it. */
@org.jspecify.annotations.NullMarked
package io.gemel.transport.grpc;
