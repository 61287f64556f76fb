package io.gemel.it.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The {@code etcd} of this machine, if it has one. */
record EtcdProgram(Optional<Path> file) {
    /** The first executable file of that name in the directories of {@code path}, which is as the PATH is. */
    static EtcdProgram on(String path) {
        return new EtcdProgram(Stream.of(path.split(File.pathSeparator, -1))
                .filter(dir -> !dir.isEmpty())
                .map(dir -> Path.of(dir, "etcd"))
                .filter(candidate -> Files.isRegularFile(candidate) && Files.isExecutable(candidate))
                .map(Path::toAbsolutePath)
                .findFirst());
    }

    /** What a person has to do before a comparison; empty if nothing. */
    Optional<String> missing() {
        return file.isPresent()
                ? Optional.empty()
                : Optional.of("no 'etcd' on the PATH; install the Debian package etcd-server to compare");
    }
}
