package io.gemel.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EtcdWorkloadTest {
    @Test
    void thereIsAKeyForEachInstance() {
        assertThat(IntStream.range(0, Workload.KEYS).mapToObj(EtcdWorkload::key))
                .doesNotHaveDuplicates()
                .hasSize(Workload.KEYS)
                .contains(ByteString.copyFromUtf8("/orders-123/10.0.4.210:8080"));
    }

    @Test
    void eachVersionOfAValueDiffersAndIsOfTheSameSize() {
        assertThat(EtcdWorkload.value(0).size()).isEqualTo(200);
        assertThat(EtcdWorkload.value(Long.MAX_VALUE).size()).isEqualTo(200);
        assertThat(EtcdWorkload.value(1)).isNotEqualTo(EtcdWorkload.value(2));
    }
}
