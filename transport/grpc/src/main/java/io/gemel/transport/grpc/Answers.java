package io.gemel.transport.grpc;

import io.gemel.naming.RegistryException;
import io.gemel.naming.Sessions;
import io.gemel.transport.grpc.v1.Done;
import io.gemel.transport.grpc.v1.Opened;
import io.gemel.transport.grpc.v1.ServerMessage;

/** The messages that answer a request on a session stream, each with the request's id. */
final class Answers {
    private Answers() {}

    static ServerMessage opened(long id, Sessions.Opened opened, SessionStream.Welcome welcome) {
        return answer(id)
                .setOpened(Opened.newBuilder()
                        .setSessionId(opened.publisher().session())
                        .setToken(opened.token())
                        .setEpoch(opened.publisher().epoch())
                        .setResumed(opened.resumed())
                        .setNodeId(welcome.nodeId())
                        .setResumeWindowMs(welcome.resumeWindow().toMillis())
                        .setBatches(true))
                .build();
    }

    static ServerMessage done(long id, long revision) {
        return answer(id).setDone(Done.newBuilder().setRevision(revision)).build();
    }

    static ServerMessage error(long id, RegistryException refusal) {
        return answer(id).setError(Refusals.error(refusal)).build();
    }

    private static ServerMessage.Builder answer(long id) {
        return ServerMessage.newBuilder().setRequestId(id);
    }
}
