package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexResponse;
import com.alipay.sofa.jraft.util.RpcFactoryHelper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import org.junit.jupiter.api.Test;

class RaftErrorsTest {
    @Test
    void aRefusalCanBeReadAsTheResponseItsCallerExpects() throws InvalidProtocolBufferException {
        Message refusal = RpcFactoryHelper.responseFactory()
                .newResponse(AppendEntriesResponse.getDefaultInstance(), RaftError.EBUSY, "busy %d", 7);
        AppendEntriesResponse read = AppendEntriesResponse.parseFrom(refusal.toByteString());
        assertThat(read.getErrorResponse().getErrorCode()).isEqualTo(RaftError.EBUSY.getNumber());
        assertThat(read.getErrorResponse().getErrorMsg()).isEqualTo("busy 7");
        assertThat(read.getSuccess()).isFalse();
    }

    @Test
    void aMessageIsNoFormat() {
        Message refusal = RpcFactoryHelper.responseFactory()
                .newResponse(
                        ReadIndexResponse.getDefaultInstance(),
                        new Status(RaftError.EPERM.getNumber(), "100% not the leader"));
        assertThat(((ReadIndexResponse) refusal).getErrorResponse().getErrorMsg())
                .isEqualTo("100% not the leader");
    }

    @Test
    void aCallWithoutAKnownTypeGetsThePlainError() {
        assertThat(RpcFactoryHelper.responseFactory().newResponse(null, RaftError.EINVAL, "what is this"))
                .isInstanceOf(ErrorResponse.class);
    }
}
