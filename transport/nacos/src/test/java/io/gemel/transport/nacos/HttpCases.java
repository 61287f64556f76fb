package io.gemel.transport.nacos;

import static java.util.Objects.requireNonNull;

import io.gemel.transport.nacos.HttpApiTest.Case;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@link HttpApiTest} calls, line by line of {@code http-cases.txt}. */
final class HttpCases {
    /** Configurations, of which there are none; and a path that waits, which has a test of its own. What is {@code Never} done is not named here. */
    static final Set<String> NEVER_SUCCEED =
            Set.of("/v1/cs/configs", "/v1/cs/configs/listener", "/v2/cs/config", "/v3/client/cs/config");

    private static final Pattern LINE = Pattern.compile("([A-Z]+ [^ ?]+)(?:\\?(\\S*))? (\\d{3}) (.*)");

    static final List<Case> ALL = read("http-cases.txt");

    private HttpCases() {}

    /** The whole API, without anything behind it. */
    static HttpRoutes routes() {
        try (HttpNode node = new HttpNode()) {
            return node.server.routes();
        }
    }

    private static List<Case> read(String resource) {
        try (InputStream in = requireNonNull(HttpCases.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(HttpCases::one)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Case one(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a case: " + line);
        }
        String parameters = matcher.group(2) == null ? "" : matcher.group(2);
        return new Case(matcher.group(1), parameters, Integer.parseInt(matcher.group(3)), matcher.group(4));
    }
}
