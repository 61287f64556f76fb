package io.gemel.bootstrap.cli;

import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.transport.nacos.NacosRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name a Nacos registry to read. */
final class NacosSource {
    private static final String SCHEME = "nacos://";
    private static final String DEFAULT_PORT = "8848";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Option(
            names = "--from",
            paramLabel = "nacos://HOST:PORT",
            required = true,
            description = "The registry to read, by its HTTP port; several servers of it separated by commas.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String from;

    @Option(
            names = "--nacos-user",
            paramLabel = "NAME",
            description = "Whom to log in as there; the password is taken from GEMEL_NACOS_PASSWORD.")
    private @Nullable String user;

    /** What is mirrored from there is marked with this. */
    String name() {
        return SCHEME + String.join(",", servers());
    }

    /** A reader; asks nothing yet. Throws {@link IllegalArgumentException} for an address that is none. */
    NacosRegistry open() {
        Optional<NacosRegistry.Login> login = Optional.ofNullable(user)
                .map(name -> new NacosRegistry.Login(
                        name,
                        Optional.ofNullable(System.getenv("GEMEL_NACOS_PASSWORD"))
                                .orElse("")));
        return NacosRegistry.of(new NacosRegistry.Access(servers(), login, TIMEOUT));
    }

    /** What to refuse with if it cannot be read. */
    RegistryException unreadable(IOException failure) {
        return new RegistryException(Code.UNAVAILABLE, String.valueOf(failure.getMessage()), failure);
    }

    private List<String> servers() {
        if (!from.startsWith(SCHEME)) {
            throw new IllegalArgumentException("--from: " + from + " (expected: nacos://host:port)");
        }
        return Arrays.stream(from.substring(SCHEME.length()).split(",", -1))
                .map(NacosSource::withPort)
                .toList();
    }

    private static String withPort(String server) {
        if (!server.matches("[A-Za-z0-9._-]+(:\\d{1,5})?|\\[[0-9A-Fa-f:.]+](:\\d{1,5})?")) {
            throw new IllegalArgumentException("--from: " + server + " (expected: host or host:port)");
        }
        return server.matches(".*[^:]:\\d+|\\[.*]:\\d+") ? server : server + ":" + DEFAULT_PORT;
    }
}
