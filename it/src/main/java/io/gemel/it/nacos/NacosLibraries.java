package io.gemel.it.nacos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * nacos-client as it was published, which the package phase of {@code it} copies to one place.
 *
 * @param dir a directory for each version, and one for what they all need
 */
public record NacosLibraries(Path dir) {
    private static final String COMMON = "all";

    /** Where the property {@code nacos.clients} says, or where a build in this directory leaves them. */
    public static NacosLibraries built() {
        return new NacosLibraries(Path.of(System.getProperty("nacos.clients", "target/nacos-clients")));
    }

    /** What a person has to do before {@code version} can be loaded; empty if nothing. */
    public Optional<String> missing(String version) {
        return Files.isDirectory(dir.resolve(version)) && Files.isDirectory(dir.resolve(COMMON))
                ? Optional.empty()
                : Optional.of("no nacos-client %s in '%s'; build the module 'it', up to its package phase"
                        .formatted(version, dir));
    }

    /** Where the jars are that only {@code version} has. */
    public Path of(String version) {
        return dir.resolve(version);
    }

    /** A new class loader that sees {@code version} and the JDK, and nothing of ours. */
    public ClassLoader loader(String version) {
        List<URL> jars = new ArrayList<>();
        for (String each : List.of(version, COMMON)) {
            try (Stream<Path> files = Files.list(dir.resolve(each))) {
                for (Path file : files.toList()) {
                    jars.add(url(file));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("nacos-client is copied there in the package phase of it", e);
            }
        }
        return new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static URL url(Path file) throws MalformedURLException {
        return file.toUri().toURL();
    }
}
