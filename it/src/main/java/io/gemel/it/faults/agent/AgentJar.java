package io.gemel.it.faults.agent;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/**
 * The jar that is woven into processes.
 *
 * <p>The build's package phase makes it as {@code it/target/faults-agent.jar}, with {@code byte-buddy.jar} beside it, which its
 * manifest names: whoever runs the harness needs both files, there or, by the system property {@value #PROPERTY}, elsewhere.
 */
public final class AgentJar {
    /** Names the jar if it is not beside the harness's own classes. */
    static final String PROPERTY = "gemel.faults.agent";

    private static final String NAME = "faults-agent.jar";

    private AgentJar() {}

    /** Where it is. Throws {@link IllegalStateException} saying what to do if it is not there. */
    public static Path path() {
        String named = System.getProperty(PROPERTY);
        Path jar = named == null ? harness().resolveSibling(NAME) : Path.of(named);
        if (!Files.exists(jar)) {
            throw new IllegalStateException(
                    "agent: " + jar + " is missing (do: mvn -pl it -am package -DskipTests, which makes it)");
        }
        return jar.toAbsolutePath();
    }

    /** The JVM option that loads it with {@code options}. */
    static String option(String options) {
        return "-javaagent:" + path() + "=" + options;
    }

    /** The harness's own classes. */
    static Path harness() {
        CodeSource source = AgentJar.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            throw new IllegalStateException(
                    "agent: its place is unknown (do: set the system property " + PROPERTY + ")");
        }
        try {
            URI classes = source.getLocation().toURI();
            return Path.of(classes).toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("agent: " + source.getLocation() + " is no place of files", e);
        }
    }
}
