package io.gemel.consistency.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InstanceCodecTest {
    private static Instance read(Instance written) throws InvalidProtocolBufferException {
        InstanceValue parsed =
                InstanceValue.parseFrom(InstanceCodec.encode(written).toByteArray());
        return InstanceCodec.decode(parsed, written.durability());
    }

    private static Instance at(String ip) {
        InstanceKey key = new InstanceKey(ip, 8080, "zone-b");
        return new Instance(key, 2, true, false, Durability.PERSISTENT, Map.of("protocol", "grpc"));
    }

    @Test
    void anInstanceIsReadAsItWasWritten() throws InvalidProtocolBufferException {
        assertThat(read(at("10.0.0.1"))).isEqualTo(at("10.0.0.1"));
    }

    @Test
    void namesThatAreInEveryInstanceAreHeldOnce() throws InvalidProtocolBufferException {
        Instance one = read(at("10.0.0.1"));
        Instance other = read(at("10.0.0.2"));

        assertThat(one.key().cluster()).isSameAs(other.key().cluster());
        assertThat(one.metadata().keySet().iterator().next())
                .isSameAs(other.metadata().keySet().iterator().next());
    }
}
