package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import io.gemel.naming.Membership.Recovery;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.transport.grpc.v1.AddMemberRequest;
import io.gemel.transport.grpc.v1.ClusterGrpc;
import io.gemel.transport.grpc.v1.RecoverRequest;
import io.gemel.transport.grpc.v1.RemoveMemberRequest;
import io.gemel.transport.grpc.v1.TransferLeaderRequest;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterDoorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Member S1 = new Member("s1", "10.0.0.1", 1, 2, 3);
    private static final Member S2 = new Member("s2", "fe80::1", 65_535, 1, 9848);
    private static final ClusterMembers CLUSTER = new ClusterMembers(
            41,
            List.of(
                    new Entry(S1, Standing.VOTER),
                    new Entry(S2, Standing.JOINING),
                    new Entry(new Member("s3", "c", 1, 2, 3), Standing.CAUGHT_UP),
                    new Entry(new Member("s4", "d", 1, 2, 3), Standing.LEAVING),
                    new Entry(new Member("s5", "e", 1, 2, 3), Standing.REMOVED)));
    private static final KnownCluster KNOWN = new KnownCluster("gemel", "s1", 3, "s1", CLUSTER, Map.of("s1", "self"));

    private final ScriptedMembership membership = new ScriptedMembership(CLUSTER);
    private final ClusterDoor door = new ClusterDoor(membership, () -> OneNode.STATUS);
    private final DoorServer server = DoorServer.start("client", "127.0.0.1", 0, List.of(door));
    private final String address = "127.0.0.1:" + server.port();
    private final ClusterCalls calls = new ClusterCalls(address);
    private final ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .usePlaintext()
            .directExecutor()
            .build();

    @AfterEach
    void stop() {
        calls.close();
        channel.shutdownNow();
        server.close();
    }

    @Test
    void theListArrivesAsItIsRemovedNodesToo() {
        assertThat(calls.list(PATIENCE)).isEqualTo(KNOWN);
        assertThat(KNOWN.present()).hasSize(4);
        assertThat(KNOWN.state("s1")).isEqualTo("self");
        assertThat(KNOWN.state("s2")).isEqualTo("unknown");
    }

    @Test
    void changesReachTheMembershipAndItsAnswersTheCaller() {
        assertThat(calls.add(S2, PATIENCE)).isEqualTo(KNOWN);
        assertThat(calls.remove("s5", PATIENCE)).isEqualTo(KNOWN);
        assertThat(calls.transferLeadership(Optional.of("s3"), PATIENCE))
                .isEqualTo(new ClusterCalls.Transferred("s3", KNOWN));
        assertThat(calls.transferLeadership(Optional.empty(), PATIENCE).leader())
                .isEqualTo("s2");
        assertThat(calls.recover(Set.of("s1", "s3"), true, PATIENCE))
                .isEqualTo(new Recovery("s1", 12, 3, 11, List.of("s2")));

        assertThat(membership.asked)
                .containsExactly(
                        S2,
                        "s5",
                        Optional.of("s3"),
                        Optional.empty(),
                        new ScriptedMembership.Recover(Set.of("s1", "s3"), true));
    }

    @Test
    void aRefusalKeepsItsCodeAndNamesWhoRefused() {
        membership.refusal = new RegistryException(Code.MEMBERSHIP_REFUSED, "s2 is joining");

        assertThatThrownBy(() -> calls.add(S2, PATIENCE))
                .hasMessage(address + ": s2 is joining")
                .extracting(failure -> ((RegistryException) failure).code())
                .isEqualTo(Code.MEMBERSHIP_REFUSED);
        assertThat(catchThrowableOfType(
                                StatusRuntimeException.class,
                                () -> raw().removeMember(RemoveMemberRequest.newBuilder()
                                        .setId("s2")
                                        .build()))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void whatIsNoMemberIsRefusedBeforeAnybodyIsAsked() {
        assertRefused(() -> raw().addMember(AddMemberRequest.getDefaultInstance()), "member: absent");
        assertRefusedMember(new Member("", "a", 1, 2, 3), "id: ''");
        assertRefusedMember(new Member("a,b", "a", 1, 2, 3), "id: 'a,b' (expected: 1..64 of");
        assertRefusedMember(new Member("x".repeat(65), "a", 1, 2, 3), "id: '");
        assertRefusedMember(new Member("s2", "a b", 1, 2, 3), "host: 'a b'");
        assertRefusedMember(new Member("s2", "a", 0, 2, 3), "raft_port: 0 (expected: 1..65535)");
        assertRefusedMember(new Member("s2", "a", 1, 65_536, 3), "server_port: 65536");
        assertRefusedMember(new Member("s2", "a", 1, 2, -1), "client_port: 4294967295");
        assertRefusedMember(
                new Member("s2", "a", 1, 2, 1), "ports: client 1, server 2, raft 1 (expected: three different ones)");
        assertRefused(() -> raw().removeMember(RemoveMemberRequest.getDefaultInstance()), "id: ''");
        assertRefused(
                () -> raw().transferLeader(
                                TransferLeaderRequest.newBuilder().setTo("/").build()),
                "to: '/'");
        assertRefused(() -> raw().recover(RecoverRequest.getDefaultInstance()), "keep: empty");
        assertRefused(
                () -> raw().recover(RecoverRequest.newBuilder()
                        .addKeep("s1")
                        .addKeep("\n")
                        .build()),
                "keep: '\\u000a'");
        assertRefused(
                () -> raw().recover(RecoverRequest.newBuilder().addKeep("s2").build()), "keep: without s1");

        assertThat(membership.asked).isEmpty();
    }

    @Test
    void aServerThatIsNotThereIsUnavailable() {
        server.close();

        assertThatThrownBy(() -> calls.add(S2, PATIENCE))
                .hasMessageStartingWith(address + ": no connection")
                .extracting(failure -> ((RegistryException) failure).code())
                .isEqualTo(Code.UNAVAILABLE);
    }

    @Test
    void reflectionSeesTheContract() {
        ServiceDescriptor service = door.bindService().getServiceDescriptor();

        assertThat(service.getName()).isEqualTo("gemel.v1.Cluster");
        assertThat(service.getSchemaDescriptor()).isInstanceOf(ProtoServiceDescriptorSupplier.class);
        assertThat(service.getMethods())
                .extracting(MethodDescriptor::getFullMethodName)
                .containsExactlyInAnyOrderElementsOf(ClusterGrpc.getServiceDescriptor().getMethods().stream()
                        .map(MethodDescriptor::getFullMethodName)
                        .toList());
    }

    private ClusterGrpc.ClusterBlockingStub raw() {
        return ClusterGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private void assertRefusedMember(Member member, String told) {
        AddMemberRequest request = AddMemberRequest.newBuilder()
                .setMember(ClusterCodec.encode(member))
                .build();
        assertRefused(() -> raw().addMember(request), told);
    }

    private static void assertRefused(ThrowingCallable call, String told) {
        StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failure.getStatus().getDescription()).startsWith(told);
    }
}
