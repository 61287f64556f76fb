package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.gemel.naming.Durability;
import io.gemel.naming.RegistryException;
import io.gemel.transport.nacos.NacosClient.Sent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever bytes arrive, they are read or refused, and nothing else happens. Random, from seeds that are told. */
final class NacosFuzzTest {
    private static final List<String> BODIES = List.of(
            "{\"namespace\":\"public\",\"serviceName\":\"s\",\"groupName\":\"g\",\"type\":\"registerInstance\","
                    + "\"instance\":{\"ip\":\"10.0.0.1\",\"port\":80,\"weight\":1.0,\"healthy\":true,\"metadata\":{\"k\":\"v\"}}}",
            "{\"serviceName\":\"s\",\"type\":\"batchRegisterInstance\",\"instances\":[{\"ip\":\"h\",\"port\":1},{\"ip\":\"i\",\"port\":2}]}",
            "{\"serviceName\":\"s\",\"subscribe\":true,\"clusters\":\"a,b\"}",
            "{\"pageNo\":1,\"pageSize\":10,\"groupName\":\"g\"}",
            "{\"groupKeyPattern\":\"public>>g>>a*\",\"watchType\":\"WATCH\",\"initializing\":true,\"receivedGroupKeys\":[\"a@@b@@c\"]}");
    private static final List<String> TYPES = List.of(
            "InstanceRequest",
            "BatchInstanceRequest",
            "PersistentInstanceRequest",
            "SubscribeServiceRequest",
            "ServiceQueryRequest",
            "ServiceListRequest",
            "NamingFuzzyWatchRequest");
    private static final String PIECES = "{}[]\",:0123456789.eE-+truefalsn\\u\u0000\u00ff";

    @Test
    void jsonIsReadOrRefused() {
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] json = mutated(BODIES.get(random.nextInt(BODIES.size())).getBytes(StandardCharsets.UTF_8), random);
            try {
                JsonObject read = JsonObject.parse(ByteString.copyFrom(json));
                NacosInstance.of(read.object("instance").orElse(read))
                        .of(Names.service("", "", "s"), Durability.EPHEMERAL);
            } catch (RegistryException refusal) {
                assertThat(refusal.code()).as("seed %d", seed).isEqualTo(RegistryException.Code.BAD_REQUEST);
            }
        }
    }

    @Test
    void aRequestIsAnsweredAndItsSenderHarmsNobody() {
        try (OneNode node = new OneNode()) {
            NacosClient client = node.connected();
            for (int seed = 0; seed < 600; seed++) {
                Random random = new Random(seed);
                byte[] body = BODIES.get(random.nextInt(BODIES.size())).getBytes(StandardCharsets.UTF_8);
                byte[] request = Message.of(
                                TYPES.get(random.nextInt(TYPES.size())), ByteString.copyFrom(mutated(body, random)))
                        .toByteArray();
                Sent answer = client.callWith(random.nextInt(4) == 0 ? mutated(request, random) : request);
                assertThat(answer.text("message")).as("seed %d", seed).doesNotContain("its log has the details");
            }
            assertThat(client.call("HealthCheckRequest", "{}").success()).isTrue();
            assertThat(node.failures).isEmpty();
        }
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        StringBuilder text = new StringBuilder(new String(bytes, StandardCharsets.ISO_8859_1));
        for (int changes = random.nextInt(4); changes > 0 && !text.isEmpty(); changes--) {
            int at = random.nextInt(text.length());
            char piece = PIECES.charAt(random.nextInt(PIECES.length()));
            switch (random.nextInt(4)) {
                case 0 -> text.setCharAt(at, piece);
                case 1 -> text.insert(at, piece);
                case 2 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
                default -> text.setLength(at);
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
