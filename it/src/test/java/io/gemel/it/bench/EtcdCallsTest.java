package io.gemel.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Drainable;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The bytes are as protobuf writes the messages of etcd's public API. */
class EtcdCallsTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("key");

    private static <Q> String sent(MethodDescriptor<Q, ?> method, Q request) throws IOException {
        InputStream bytes = method.streamRequest(request);
        ByteArrayOutputStream drained = new ByteArrayOutputStream();
        int length = bytes.available();
        assertThat(((Drainable) bytes).drainTo(drained)).isEqualTo(length);
        assertThat(bytes.available()).isZero();
        return HexFormat.of().formatHex(drained.toByteArray());
    }

    private static <R> R received(MethodDescriptor<?, R> method, String hex) {
        return method.parseResponse(new ByteArrayInputStream(HexFormat.of().parseHex(hex)));
    }

    @Test
    void aPutIsItsKeyAndItsValue() throws IOException {
        assertThat(sent(EtcdCalls.PUT, new EtcdCalls.Put(KEY, ByteString.copyFromUtf8("ab"))))
                .isEqualTo("0a036b6579" + "12026162");
    }

    @Test
    void aRangeOfOneKeyIsLinearizableBecauseNothingElseIsSaid() throws IOException {
        assertThat(sent(EtcdCalls.RANGE, new EtcdCalls.Range(KEY))).isEqualTo("0a036b6579");
    }

    @Test
    void theQuestionForTheStatusIsEmpty() throws IOException {
        assertThat(sent(EtcdCalls.STATUS, new EtcdCalls.AskStatus())).isEmpty();
    }

    @Test
    void theMethodsAreNamedAsEtcdsAre() {
        assertThat(EtcdCalls.PUT.getFullMethodName()).isEqualTo("etcdserverpb.KV/Put");
        assertThat(EtcdCalls.RANGE.getFullMethodName()).isEqualTo("etcdserverpb.KV/Range");
        assertThat(EtcdCalls.STATUS.getFullMethodName()).isEqualTo("etcdserverpb.Maintenance/Status");
    }

    @Test
    void theAnswerToAPutTellsTheRevision() {
        // header { cluster_id: 5, member_id: 2^64-1, revision: 300, raft_term: 2 }
        assertThat(received(EtcdCalls.PUT, "0a12" + "0805" + "10ffffffffffffffffff01" + "18ac02" + "2002"))
                .isEqualTo(300);
    }

    @Test
    void theAnswerToARangeHoldsTheValue() {
        // header { revision: 3 }, kvs { key: "key", create_revision: 2, mod_revision: 3, version: 2, value: "ab" },
        // count: 1
        String pair = "0a036b6579" + "1002" + "1803" + "2002" + "2a026162";
        assertThat(received(EtcdCalls.RANGE, "0a021803" + "120f" + pair + "2001"))
                .contains(ByteString.copyFromUtf8("ab"));
    }

    @Test
    void aKeyWithoutAValueIsThereAndAKeyThatIsNotThereIsNot() {
        assertThat(received(EtcdCalls.RANGE, "0a021803" + "1205" + "0a036b6579" + "2001"))
                .contains(ByteString.EMPTY);
        assertThat(received(EtcdCalls.RANGE, "0a021803")).isEmpty();
        assertThat(received(EtcdCalls.RANGE, "")).isEqualTo(Optional.empty());
    }

    @Test
    void theStatusTellsWhoLeads() {
        // header { member_id: 7 }, version: "3.4", dbSize: 1, leader: 7 or 8
        assertThat(received(EtcdCalls.STATUS, "0a021007" + "1203332e34" + "1801" + "2007"))
                .isEqualTo(new EtcdCalls.Standing(7, 7, "3.4"))
                .matches(EtcdCalls.Standing::leads);
        assertThat(received(EtcdCalls.STATUS, "0a021007" + "1203332e34" + "1801" + "2008"))
                .isEqualTo(new EtcdCalls.Standing(7, 8, "3.4"))
                .matches(standing -> !standing.leads());
    }

    @Test
    void anAnswerThatIsCutOffIsRefused() {
        assertThatThrownBy(() -> received(EtcdCalls.PUT, "0a12" + "0805"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("etcd's answer is no such message");
    }
}
