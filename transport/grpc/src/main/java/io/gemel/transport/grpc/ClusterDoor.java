package io.gemel.transport.grpc;

import static io.gemel.transport.grpc.UnaryMethods.unary;

import io.gemel.naming.ClusterMembers;
import io.gemel.naming.Member;
import io.gemel.naming.Membership;
import io.gemel.naming.NodeStatus;
import io.gemel.transport.grpc.ServerMethods.Received;
import io.gemel.transport.grpc.v1.AddMemberRequest;
import io.gemel.transport.grpc.v1.AddMemberResponse;
import io.gemel.transport.grpc.v1.ClusterGrpc;
import io.gemel.transport.grpc.v1.ClusterList;
import io.gemel.transport.grpc.v1.ListMembersRequest;
import io.gemel.transport.grpc.v1.ListMembersResponse;
import io.gemel.transport.grpc.v1.RecoverRequest;
import io.gemel.transport.grpc.v1.RecoverResponse;
import io.gemel.transport.grpc.v1.RemoveMemberRequest;
import io.gemel.transport.grpc.v1.RemoveMemberResponse;
import io.gemel.transport.grpc.v1.TransferLeaderRequest;
import io.gemel.transport.grpc.v1.TransferLeaderResponse;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The service gemel.v1.Cluster over {@link Membership}: decodes, checks, asks, encodes.
 *
 * <p>Handlers run on the connection's event loop and never block. Thread-safe.
 */
public final class ClusterDoor implements BindableService {
    private static final MethodDescriptor<Received<ListMembersRequest>, ListMembersResponse> LIST =
            ServerMethods.method(ClusterGrpc.getListMembersMethod());
    private static final MethodDescriptor<Received<AddMemberRequest>, AddMemberResponse> ADD =
            ServerMethods.method(ClusterGrpc.getAddMemberMethod());
    private static final MethodDescriptor<Received<RemoveMemberRequest>, RemoveMemberResponse> REMOVE =
            ServerMethods.method(ClusterGrpc.getRemoveMemberMethod());
    private static final MethodDescriptor<Received<TransferLeaderRequest>, TransferLeaderResponse> TRANSFER =
            ServerMethods.method(ClusterGrpc.getTransferLeaderMethod());
    private static final MethodDescriptor<Received<RecoverRequest>, RecoverResponse> RECOVER =
            ServerMethods.method(ClusterGrpc.getRecoverMethod());

    private static final ServiceDescriptor SERVICE = ServiceDescriptor.newBuilder(ClusterGrpc.SERVICE_NAME)
            .setSchemaDescriptor(ClusterGrpc.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(LIST)
            .addMethod(ADD)
            .addMethod(REMOVE)
            .addMethod(TRANSFER)
            .addMethod(RECOVER)
            .build();

    private final Membership membership;
    private final NodeStatus.Source status;

    /**
     * A door for {@code membership}; serves once a server binds it.
     *
     * @param status where the cluster's name, the term, the leader and the members' states are found; asked on any thread
     */
    public ClusterDoor(Membership membership, NodeStatus.Source status) {
        this.membership = membership;
        this.status = status;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(LIST, unary(Refusals.Call.READ, this::list))
                .addMethod(ADD, unary(Refusals.Call.WRITE, this::add))
                .addMethod(REMOVE, unary(Refusals.Call.WRITE, this::remove))
                .addMethod(TRANSFER, unary(Refusals.Call.WRITE, this::transfer))
                .addMethod(RECOVER, unary(Refusals.Call.WRITE, this::recover))
                .build();
    }

    private CompletableFuture<ListMembersResponse> list(ListMembersRequest request) {
        return CompletableFuture.completedFuture(ListMembersResponse.newBuilder()
                .setList(encoded(membership.members()))
                .build());
    }

    private CompletableFuture<AddMemberResponse> add(AddMemberRequest request) {
        if (!request.hasMember()) {
            throw Codec.refuse("member: absent (expected: its id, host and three ports)");
        }
        Member member = ClusterCodec.decode(request.getMember());
        return membership
                .add(member)
                .thenApply(members ->
                        AddMemberResponse.newBuilder().setList(encoded(members)).build());
    }

    private CompletableFuture<RemoveMemberResponse> remove(RemoveMemberRequest request) {
        String id = Member.checkedId("id", request.getId());
        return membership
                .remove(id)
                .thenApply(members -> RemoveMemberResponse.newBuilder()
                        .setList(encoded(members))
                        .build());
    }

    private CompletableFuture<TransferLeaderResponse> transfer(TransferLeaderRequest request) {
        Optional<String> to =
                request.getTo().isEmpty() ? Optional.empty() : Optional.of(Member.checkedId("to", request.getTo()));
        return membership
                .transferLeadership(to)
                .thenApply(leader -> TransferLeaderResponse.newBuilder()
                        .setLeader(leader)
                        .setList(encoded(membership.members()))
                        .build());
    }

    private CompletableFuture<RecoverResponse> recover(RecoverRequest request) {
        Set<String> keep = new HashSet<>();
        for (String id : request.getKeepList()) {
            keep.add(Member.checkedId("keep", id));
        }
        if (keep.isEmpty()) {
            throw Codec.refuse("keep: empty (expected: the ids of the members that live)");
        }
        String self = status.status().nodeId();
        if (!keep.contains(self)) {
            throw Codec.refuse("keep: without %s (expected: the asked node among them; ask each by its address)", self);
        }
        return membership.recover(keep, request.getRehearse()).thenApply(ClusterCodec::encode);
    }

    private ClusterList encoded(ClusterMembers members) {
        return ClusterCodec.encode(members, status.status());
    }
}
