package io.gemel.transport.nacos;

import io.gemel.naming.RegistryException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Asks the servers of a registry that speaks Nacos's HTTP API, the one that answered last first. Logs in when it is told to, and once more when a
 * token is refused. Not thread-safe.
 */
final class NacosHttp {
    private static final int OK = 200;
    private static final int DENIED = 403;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410; // an API that is switched off
    private static final int SERVER_ERROR = 500;
    private static final int SHOWN_MAX = 200;

    private final NacosRegistry.Access access;
    private final HttpClient client;
    private int current;
    private String token = "";

    NacosHttp(NacosRegistry.Access access) {
        this.access = access;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(access.timeout())
                .build();
    }

    /** The JSON object at {@code path}, of an API that may not be there; empty if it is not. */
    Optional<JsonObject> tried(String path, Map<String, String> parameters) throws IOException {
        HttpResponse<String> answer = answer(path, parameters);
        return switch (answer.statusCode()) {
            case OK -> Optional.of(json(answer));
            case NOT_FOUND, GONE -> Optional.empty();
            default -> throw unexpected(answer);
        };
    }

    /** The JSON object at {@code path}; empty if there is none. A server that has the API switched off, as one of several may, knows nothing of that. */
    Optional<JsonObject> find(String path, Map<String, String> parameters) throws IOException {
        HttpResponse<String> answer = answer(path, parameters);
        return switch (answer.statusCode()) {
            case OK -> Optional.of(json(answer));
            case NOT_FOUND -> Optional.empty();
            default -> throw unexpected(answer);
        };
    }

    /** The JSON object at {@code path}, which must be there. */
    JsonObject get(String path, Map<String, String> parameters) throws IOException {
        HttpResponse<String> answer = answer(path, parameters);
        if (answer.statusCode() != OK) {
            throw unexpected(answer);
        }
        return json(answer);
    }

    private HttpResponse<String> answer(String path, Map<String, String> parameters) throws IOException {
        if (access.login().isPresent() && token.isEmpty()) {
            logIn(access.login().get());
        }
        HttpResponse<String> answer = anyServer(path, parameters);
        if (answer.statusCode() == DENIED && access.login().isPresent()) {
            logIn(access.login().get()); // tokens end after some hours
            answer = anyServer(path, parameters);
        }
        return answer;
    }

    private void logIn(NacosRegistry.Login login) throws IOException {
        token = "";
        Map<String, String> form = Map.of("username", login.user(), "password", login.password());
        HttpResponse<String> answer = anyServer(server -> post(server, "/v3/auth/user/login", form));
        if (answer.statusCode() != OK) {
            answer = anyServer(server -> post(server, "/v1/auth/users/login", form));
        }
        if (answer.statusCode() != OK) {
            throw new IOException("%s refuses the login of %s with status %d; check user and password"
                    .formatted(answer.uri().getAuthority(), login.user(), answer.statusCode()));
        }
        token = json(answer).text("accessToken").orElse("");
    }

    private HttpResponse<String> anyServer(String path, Map<String, String> parameters) throws IOException {
        Map<String, String> all = new TreeMap<>(parameters);
        if (!token.isEmpty()) {
            all.put("accessToken", token);
        }
        return anyServer(server -> request(server, path + "?" + encoded(all)).GET());
    }

    private HttpRequest.Builder post(String server, String path, Map<String, String> form) {
        return request(server, path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(encoded(form)));
    }

    private HttpRequest.Builder request(String server, String pathAndQuery) {
        return HttpRequest.newBuilder(URI.create("http://" + server + "/nacos" + pathAndQuery))
                .timeout(access.timeout());
    }

    /** Makes a request for a server. */
    @FunctionalInterface
    private interface Question {
        HttpRequest.Builder of(String server);
    }

    private HttpResponse<String> anyServer(Question question) throws IOException {
        IOException last = new IOException("no server was asked");
        for (int tried = 0; tried < access.servers().size(); tried++) {
            String server = access.servers().get(current);
            try {
                HttpResponse<String> answer = client.send(
                        question.of(server).build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
                if (answer.statusCode() < SERVER_ERROR) {
                    return answer;
                }
                last = unexpected(answer);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while asking " + server);
            } catch (IOException e) {
                last = new IOException(server + " " + because(e), e);
            }
            current = (current + 1) % access.servers().size();
        }
        throw last;
    }

    /** Not what was received instead of HTTP: that may be binary. */
    private static String because(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProtocolException || cause instanceof EOFException) {
                return "gives no answer in HTTP (expected: the HTTP port of a server, 8848 unless it is set)";
            }
        }
        return "does not answer: " + failure;
    }

    private static JsonObject json(HttpResponse<String> answer) throws IOException {
        try {
            return JsonObject.parse(answer.body());
        } catch (RegistryException broken) {
            throw new IOException(
                    "%s answers with something that is no JSON object: %s"
                            .formatted(answer.uri(), shown(answer.body())),
                    broken);
        }
    }

    private static IOException unexpected(HttpResponse<String> answer) {
        return new IOException("%s%s answers with status %d: %s"
                .formatted(
                        answer.uri().getAuthority(),
                        answer.uri().getPath(),
                        answer.statusCode(),
                        shown(answer.body())));
    }

    private static String shown(String body) {
        return body.substring(0, Math.min(body.length(), SHOWN_MAX)).replaceAll("\\p{Cntrl}", " ");
    }

    private static String encoded(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
