package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.rpc.RpcRequests;
import com.google.protobuf.Message;
import io.gemel.consistency.cluster.StreamedMethod;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The calls between Raft peers: one unary method per JRaft request, named after it, with its protobuf bytes as they are. What a leader
 * sends all the time has streams besides.
 *
 * <p>JRaft's administration calls are left out on purpose: what has no method cannot be called.
 */
final class RaftCalls {
    static final String SERVICE = "gemel.raft.v1.RaftPeer";
    static final Metadata.Key<String> CLUSTER = Metadata.Key.of("gemel-cluster", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> NODE = Metadata.Key.of("gemel-node", Metadata.ASCII_STRING_MARSHALLER);

    private static final Map<Class<?>, MethodDescriptor<Message, Message>> BY_REQUEST = Stream.of(
                    call(
                            RpcRequests.AppendEntriesRequest.getDefaultInstance(),
                            RpcRequests.AppendEntriesResponse.getDefaultInstance()),
                    call(
                            RpcRequests.RequestVoteRequest.getDefaultInstance(),
                            RpcRequests.RequestVoteResponse.getDefaultInstance()),
                    call(
                            RpcRequests.ReadIndexRequest.getDefaultInstance(),
                            RpcRequests.ReadIndexResponse.getDefaultInstance()),
                    call(
                            RpcRequests.InstallSnapshotRequest.getDefaultInstance(),
                            RpcRequests.InstallSnapshotResponse.getDefaultInstance()),
                    call(
                            RpcRequests.GetFileRequest.getDefaultInstance(),
                            RpcRequests.GetFileResponse.getDefaultInstance()),
                    call(
                            RpcRequests.TimeoutNowRequest.getDefaultInstance(),
                            RpcRequests.TimeoutNowResponse.getDefaultInstance()),
                    call(RpcRequests.PingRequest.getDefaultInstance(), RpcRequests.ErrorResponse.getDefaultInstance()))
            .collect(Collectors.toUnmodifiableMap(Call::request, Call::method));

    /** Of requests to append entries. */
    static final StreamedMethod<Message, Message> ENTRIES =
            new StreamedMethod<>(method(RpcRequests.AppendEntriesRequest.class), "Entries");

    /** Of those without entries, which have a stream of their own so that they need not wait behind large ones. */
    static final StreamedMethod<Message, Message> HEARTBEATS =
            new StreamedMethod<>(method(RpcRequests.AppendEntriesRequest.class), "Heartbeats");

    private RaftCalls() {}

    /** The method that carries requests of this class; throws {@link IllegalArgumentException} if none does. */
    static MethodDescriptor<Message, Message> method(Class<?> request) {
        MethodDescriptor<Message, Message> method = BY_REQUEST.get(request);
        if (method == null) {
            throw new IllegalArgumentException("request: " + request.getName() + " (expected: one of "
                    + BY_REQUEST.keySet().stream()
                            .map(Class::getSimpleName)
                            .sorted()
                            .toList() + ")");
        }
        return method;
    }

    /** As {@link #method(Class)}, by the class's name. */
    static MethodDescriptor<Message, Message> method(String requestClassName) {
        return BY_REQUEST.entrySet().stream()
                .filter(entry -> entry.getKey().getName().equals(requestClassName))
                .map(Map.Entry::getValue)
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("request: " + requestClassName));
    }

    /** All of them. */
    static Collection<MethodDescriptor<Message, Message>> methods() {
        return BY_REQUEST.values();
    }

    private static Call call(Message request, Message response) {
        String name = MethodDescriptor.generateFullMethodName(
                SERVICE, request.getDescriptorForType().getName());
        return new Call(
                request.getClass(),
                MethodDescriptor.<Message, Message>newBuilder()
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName(name)
                        .setRequestMarshaller(ProtoUtils.marshaller(request))
                        .setResponseMarshaller(ProtoUtils.marshaller(response))
                        .build());
    }

    private record Call(Class<?> request, MethodDescriptor<Message, Message> method) {}
}
