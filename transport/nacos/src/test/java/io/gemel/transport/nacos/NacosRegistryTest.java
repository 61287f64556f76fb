package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads the door of this very registry, which answers as Nacos does. */
class NacosRegistryTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A =
            Instance.persistent("10.0.0.1", 80).withWeight(2).withMetadata("zone", "east");
    private static final Instance OFF =
            Instance.persistent("10.0.0.2", 80).withCluster("west").withEnabled(false);

    private final HttpNode node = new HttpNode();

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void allOfAServiceIsReadAsItIsThere() throws IOException {
        fill();
        NacosRegistry nacos = reader(address());
        assertThat(nacos.services("public").services()).containsExactly(ORDERS);
        NacosRegistry.Listed listed = nacos.find(ORDERS).orElseThrow();
        assertThat(listed.protectionThreshold()).isEqualTo(0.4);
        assertThat(listed.metadata()).containsEntry("team", "a");
        assertThat(listed.instances()).containsExactlyInAnyOrder(A, OFF);
        assertThat(listed.unreadable()).isEmpty();
    }

    @Test
    void whereVersionOneIsSwitchedOffVersionThreeIsAsked() throws IOException {
        fill();
        HttpServer without = withoutVersionOne();
        try {
            NacosRegistry nacos = reader("127.0.0.1:" + without.getAddress().getPort());
            assertThat(nacos.services("public").services()).containsExactly(ORDERS);
            assertThat(nacos.find(ORDERS).orElseThrow().instances()).contains(A);
            assertThat(nacos.find(ORDERS).orElseThrow().protectionThreshold()).isEqualTo(0.4);
        } finally {
            without.stop(0);
        }
    }

    /** As one of several may while they are brought to a newer version: the one that listed the services is gone. */
    @Test
    void aServerWithoutTheInterfaceThatIsAskedDoesNotSayThatAServiceIsGone() throws IOException {
        fill();
        AtomicBoolean off = new AtomicBoolean();
        HttpServer other = passingOn(path -> off.get());
        try {
            NacosRegistry nacos = reader("127.0.0.1:" + other.getAddress().getPort());
            assertThat(nacos.services("public").services()).containsExactly(ORDERS);
            off.set(true);
            assertThatThrownBy(() -> nacos.find(ORDERS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("answers with status 410");
        } finally {
            other.stop(0);
        }
    }

    /** Nacos takes names that this registry does not; the others can be read all the same. */
    @Test
    void aServiceWhoseNameCannotBeHereIsNamedAndKeepsNobodyElseOut() throws IOException {
        String tooLong = "n".repeat(400);
        HttpServer other = answering("{\"count\":2,\"serviceList\":["
                + "{\"name\":\"" + tooLong + "\",\"groupName\":\"DEFAULT_GROUP\"},"
                + "{\"name\":\"orders\",\"groupName\":\"DEFAULT_GROUP\"}]}");
        try {
            NacosRegistry.Catalog catalog =
                    reader("127.0.0.1:" + other.getAddress().getPort()).services("public");
            assertThat(catalog.services()).containsExactly(ORDERS);
            assertThat(catalog.unreadable()).singleElement().asString().contains("DEFAULT_GROUP " + tooLong + ": ");
        } finally {
            other.stop(0);
        }
    }

    @Test
    void anInstanceThatCannotBeReadIsNamedAndKeepsNobodyElseOut() throws IOException {
        Map<String, String> answers = Map.of(
                "/nacos/v1/ns/catalog/services", "{\"serviceList\":[]}",
                "/nacos/v1/ns/catalog/service", "{\"clusters\":[{\"name\":\"DEFAULT\"}]}",
                "/nacos/v1/ns/catalog/instances",
                        "{\"list\":[{\"ip\":\"10.0.0.1\",\"port\":80,\"ephemeral\":\"maybe\"},"
                                + "{\"ip\":{},\"port\":[]},{\"ip\":\"10.0.0.2\",\"port\":80}]}");
        HttpServer other = answering(
                exchange -> answers.getOrDefault(exchange.getRequestURI().getPath(), "nothing"));
        try {
            NacosRegistry nacos = reader("127.0.0.1:" + other.getAddress().getPort());
            assertThat(nacos.services("public").services()).isEmpty();
            NacosRegistry.Listed listed = nacos.find(ORDERS).orElseThrow();
            assertThat(listed.instances()).containsExactly(Instance.ephemeral("10.0.0.2", 80));
            assertThat(listed.unreadable()).hasSize(2);
            assertThat(listed.unreadable().get(0)).startsWith("10.0.0.1:80: ");
            assertThat(listed.unreadable().get(1)).startsWith("?:?: ");
        } finally {
            other.stop(0);
        }
    }

    @Test
    void whatIsNoAnswerToTheQuestionIsNoRefusalOfOurs() throws IOException {
        HttpServer other = answering("{\"serviceList\":\"none\"}");
        try {
            assertThatThrownBy(() ->
                            reader("127.0.0.1:" + other.getAddress().getPort()).services("public"))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("services of public: the answer is none: ");
        } finally {
            other.stop(0);
        }
    }

    /** Here it ends after some pages, or whoever reads on would do so for ever. */
    @Test
    void aServerThatAnswersWithTheSamePageWhateverItsNumberIsNoLongList() throws IOException {
        String services = IntStream.range(0, 500)
                .mapToObj(i -> "{\"name\":\"s" + i + "\",\"groupName\":\"g\"}")
                .collect(Collectors.joining(",", "{\"serviceList\":[", "]}"));
        String instances = IntStream.range(0, 500)
                .mapToObj(i -> "{\"ip\":\"10.0.0.1\",\"port\":" + (i + 1) + "}")
                .collect(Collectors.joining(",", "{\"list\":[", "]}"));
        Map<String, String> answers = Map.of(
                "/nacos/v1/ns/catalog/services", services,
                "/nacos/v1/ns/catalog/service", "{\"clusters\":[{\"name\":\"east\"}]}",
                "/nacos/v1/ns/catalog/instances", instances);
        AtomicInteger asked = new AtomicInteger();
        HttpServer other = answering(exchange -> answers.getOrDefault(
                asked.incrementAndGet() > 5 ? "" : exchange.getRequestURI().getPath(), "no page more"));
        try {
            NacosRegistry nacos = reader("127.0.0.1:" + other.getAddress().getPort());
            assertThatThrownBy(() -> nacos.services("public"))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("services of public: page 2 has nothing that was not on a page before it");
            assertThatThrownBy(() -> nacos.find(ORDERS))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("instances of DEFAULT_GROUP@@orders in cluster east: page 2 has nothing");
        } finally {
            other.stop(0);
        }
    }

    @Test
    void aServiceThatIsNotThereIsEmpty() throws IOException {
        NacosRegistry nacos = reader(address());
        assertThat(nacos.services("public").services()).isEmpty();
        assertThat(nacos.find(ORDERS)).isEmpty();
    }

    @Test
    void aServerThatIsGoneIsPassedOverForOneThatAnswers() throws IOException {
        fill();
        assertThat(reader(nobody(), address()).services("public").services()).containsExactly(ORDERS);
    }

    @Test
    void whoDoesNotAnswerIsNamed() throws IOException {
        String nobody = nobody();
        assertThatThrownBy(() -> reader(nobody).services("public").services())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(nobody + " does not answer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0\0\22\4\0", "\0\0\22\4\0\r\n\r\n"})
    void whoDoesNotSpeakHttpIsNamedAndNotWhatItSays(String binary) throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> answer(other, binary), "no-http");
            answering.start();
            String address = "127.0.0.1:" + other.getLocalPort();
            assertThatThrownBy(() -> reader(address).services("public").services())
                    .isInstanceOf(IOException.class)
                    .hasMessage(address
                            + " gives no answer in HTTP (expected: the HTTP port of a server, 8848 unless it is set)");
            answering.join();
        }
    }

    /** Reads what it is asked, up to the empty line, answers and hangs up. */
    private static void answer(ServerSocket server, String text) {
        try (Socket connection = server.accept();
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1))) {
            String line = in.readLine();
            while (line != null && !line.isEmpty()) {
                line = in.readLine();
            }
            connection.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsNoJsonIsShown() throws IOException {
        HttpServer other = answering("<html>");
        try {
            assertThatThrownBy(() -> reader("127.0.0.1:" + other.getAddress().getPort())
                            .services("public")
                            .services())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no JSON object: <html>");
        } finally {
            other.stop(0);
        }
    }

    /** Whatever it is asked. */
    private static HttpServer answering(String body) throws IOException {
        return answering(exchange -> body);
    }

    private static HttpServer answering(Function<HttpExchange, String> body) throws IOException {
        HttpServer server = HttpServer.create(loopback(), 0);
        server.createContext("/", exchange -> {
            byte[] page = body.apply(exchange).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
        return server;
    }

    private void fill() {
        HttpResponse<String> created =
                node.call("POST", "/v1/ns/service", "serviceName=orders&protectThreshold=0.4&metadata=team%3Da");
        assertThat(created.body()).isEqualTo("ok");
        node.registerPersistent("orders", A);
        node.registerPersistent("orders", OFF);
    }

    private HttpServer withoutVersionOne() throws IOException {
        return passingOn(path -> path.startsWith("/nacos/v1/"));
    }

    /** Answers as Nacos 3 does for what is switched {@code off}, and passes on the rest. */
    private HttpServer passingOn(Predicate<String> off) throws IOException {
        HttpServer server = HttpServer.create(loopback(), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            String query =
                    Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
            boolean gone = off.test(path);
            HttpResponse<String> answer = node.call("GET", path.substring("/nacos".length()), query);
            byte[] body = (gone ? "Current API will be deprecated" : answer.body()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(gone ? 410 : answer.statusCode(), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private String address() {
        return HttpNode.HOST + ":" + node.server.port();
    }

    private static String nobody() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + free.getLocalPort();
        }
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static NacosRegistry reader(String... servers) {
        return NacosRegistry.of(new NacosRegistry.Access(List.of(servers), Optional.empty(), Duration.ofSeconds(10)));
    }
}
