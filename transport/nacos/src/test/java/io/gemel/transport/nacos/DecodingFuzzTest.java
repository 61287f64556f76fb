package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.gemel.naming.Durability;
import io.gemel.naming.RegistryException;
import io.gemel.transport.nacos.payload.Payload;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whatever bytes arrive, they are read or refused by name, and what is read can be written and read again. Jazzer looks for bytes of which that is
 * not true; a build only tries those that are kept beside this class (CONTRIBUTING.md).
 */
class DecodingFuzzTest {
    private static final List<String> NAMES = List.of("serviceName", "groupName", "namespaceId", "ip", "port", "flag");

    /** What a request does, which may refuse what it is given. */
    @FunctionalInterface
    private interface Reading {
        void run() throws IOException;
    }

    /** As gRPC hands over a message. */
    private static final class WithLength extends ByteArrayInputStream implements KnownLength {
        WithLength(byte[] bytes) {
            super(bytes);
        }
    }

    @FuzzTest(maxDuration = "3m")
    void jsonIsReadOrRefused(byte[] bytes) throws IOException {
        readOrRefused(() -> {
            JsonObject read = JsonObject.parse(ByteString.copyFrom(bytes));
            readOrRefused(() -> {
                Map<String, String> texts = read.allTexts();
                String written = Json.bytes(json -> write(json, texts)).toStringUtf8();
                assertThat(JsonObject.parse(written).allTexts()).isEqualTo(texts);
            });
            for (String name : NAMES) {
                readOrRefused(() -> read.text(name));
                readOrRefused(() -> read.flag(name, true));
                readOrRefused(() -> assertThat(read.integer(name, 7)).isEqualTo((int) read.number(name, 7)));
                readOrRefused(() -> read.objects(name));
                readOrRefused(() -> read.texts(name));
            }
            readOrRefused(() -> NacosInstance.of(read.object("instance").orElse(read))
                    .of(Names.service("", "", "s"), Durability.EPHEMERAL));
        });
        String text = new String(bytes, StandardCharsets.UTF_8);
        readOrRefused(() -> JsonObject.parseList(text));
        readOrRefused(() -> HttpCall.metadata(text));
    }

    /** The first line is the query, the rest the form. */
    @FuzzTest(maxDuration = "3m")
    void parametersAreReadOrRefused(byte[] bytes) throws IOException {
        int line = 0;
        while (line < bytes.length && bytes[line] != '\n') {
            line++;
        }
        byte[] query = Arrays.copyOf(bytes, line);
        byte[] body = Arrays.copyOfRange(bytes, Math.min(line + 1, bytes.length), bytes.length);
        for (HttpForm form : HttpForm.values()) {
            readOrRefused(() -> read(HttpParameters.of(query, body), form));
        }
    }

    private static void read(HttpParameters parameters, HttpForm form) throws IOException {
        HttpCall call = new HttpCall(
                "/v1/ns/instance",
                parameters,
                InetAddress.getLoopbackAddress(),
                RequestHeaders.of(HttpMethod.GET, "/"),
                form);
        StringBuilder again = new StringBuilder();
        for (String name : NAMES) {
            call.text(name)
                    .ifPresent(text -> again.append(name)
                            .append('=')
                            .append(URLEncoder.encode(text, StandardCharsets.UTF_8))
                            .append('&'));
            readOrRefused(() -> call.integer(name, 7));
            readOrRefused(() -> call.number(name));
            readOrRefused(() -> call.flag(name));
        }
        readOrRefused(call::service);
        readOrRefused(call::namespace);
        readOrRefused(call::group);
        readOrRefused(call::key);
        readOrRefused(call::metadata);
        HttpParameters reread = HttpParameters.of(new byte[0], again.toString().getBytes(StandardCharsets.US_ASCII));
        NAMES.forEach(name -> assertThat(reread.text(name)).isEqualTo(parameters.text(name)));
    }

    @FuzzTest(maxDuration = "3m")
    void messagesAreReadOrRefused(byte[] bytes) throws IOException {
        Received received = Received.MARSHALLER.parse(new ByteArrayInputStream(bytes));
        assertThat(Received.MARSHALLER.parse(new WithLength(bytes))).isEqualTo(received);
        Payload again = Message.of(received.type(), received.body());
        assertThat(Received.MARSHALLER.parse(again.toByteString().newInput())).isEqualTo(received);
        readOrRefused(() -> {
            JsonObject request = JsonObject.parse(received.body());
            readOrRefused(() -> Names.service(
                    request.text("namespace").orElse(""),
                    request.text("groupName").orElse(""),
                    request.text("serviceName").orElse("")));
            readOrRefused(() -> Names.clusters(request.text("clusters").orElse("")));
            readOrRefused(() -> FuzzyPattern.of(request.text("groupKeyPattern").orElse("")));
        });
        Optional<String> id = Optional.of(received.type());
        String text = received.body().toStringUtf8();
        JsonObject refusal = body(Message.refusal("InstanceResponse", id, NacosCode.FAIL, text));
        assertThat(refusal.text("message")).contains(text);
        assertThat(refusal.text("requestId")).isEqualTo(id);
        ByteString value = Json.bytes(json -> json.writeString(text));
        assertThat(body(Message.ok("InstanceResponse", id, "type", value)).text("type"))
                .contains(text);
    }

    private static JsonObject body(Payload message) {
        return JsonObject.parse(message.getBody().getValue());
    }

    private static void write(JsonGenerator json, Map<String, String> texts) throws IOException {
        json.writeStartObject();
        for (Map.Entry<String, String> text : texts.entrySet()) {
            json.writeStringField(text.getKey(), text.getValue());
        }
        json.writeEndObject();
    }

    /** Anything but a refusal that says what is wrong with the request ends the test. */
    private static void readOrRefused(Reading reading) throws IOException {
        try {
            reading.run();
        } catch (RegistryException refusal) {
            assertThat(refusal.code()).isEqualTo(RegistryException.Code.BAD_REQUEST);
        } catch (HttpRefusal refusal) {
            assertThat(refusal.status()).isEqualTo(400);
        }
    }
}
