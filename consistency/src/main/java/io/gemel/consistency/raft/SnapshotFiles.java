package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.entity.LocalFileMetaOutter.LocalFileMeta;
import com.alipay.sofa.jraft.storage.snapshot.Snapshot;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A snapshot on disk: the files of a RocksDB checkpoint, each with its checksum in the snapshot's file list.
 *
 * <p>JRaft copies snapshots between members without checking them, so they are checked when copied, and when loaded.
 */
final class SnapshotFiles {
    private static final String DIRECTORY = "state";
    private static final int BUFFER_BYTES = 64 * 1024;

    private SnapshotFiles() {}

    /** Lists the files of the checkpoint in {@code writer}, which reads all of them. */
    static void save(SnapshotWriter writer) throws IOException {
        for (Path file : filesIn(directory(writer))) {
            LocalFileMeta meta =
                    LocalFileMeta.newBuilder().setChecksum(checksum(file)).build();
            if (!writer.addFile(DIRECTORY + "/" + file.getFileName(), meta)) {
                throw new IOException("cannot list " + file + " in the snapshot");
            }
        }
    }

    /** Throws {@link IOException} naming the file unless every listed file is what was saved. */
    static void verify(Snapshot snapshot) throws IOException {
        for (String name : snapshot.listFiles()) {
            Path file = Path.of(snapshot.getPath(), name);
            if (!(snapshot.getFileMeta(name) instanceof LocalFileMeta meta)
                    || !meta.getChecksum().equals(checksum(file))) {
                throw new IOException("snapshot file " + file + " is damaged: it is missing or its checksum differs");
            }
        }
    }

    /** Where the checkpoint is, or is to be. */
    static Path directory(Snapshot snapshot) {
        return Path.of(snapshot.getPath(), DIRECTORY);
    }

    /** Fills {@code to}, which must not exist, with the files of {@code from}: links where the file system has them. On return it is on disk. */
    static void link(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : filesIn(from)) {
            Path target = to.resolve(file.getFileName());
            // RocksDB never changes a table file; the others it appends to, and the snapshot must stay as it is.
            if (file.toString().endsWith(".sst")) {
                try {
                    Files.createLink(target, file);
                    continue;
                } catch (UnsupportedOperationException e) {
                    // no links here: copy
                }
            }
            Files.copy(file, target);
            sync(target);
        }
        sync(to);
    }

    /** Deletes {@code directory}, a flat one, if it exists. */
    static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            for (Path file : filesIn(directory)) {
                Files.delete(file);
            }
            Files.delete(directory);
        }
    }

    /** Makes what {@code path} holds survive a power failure: a file's bytes, or the names in a directory. */
    static void sync(Path path) throws IOException {
        StandardOpenOption mode = Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
        try (FileChannel channel = FileChannel.open(path, mode)) {
            channel.force(true);
        }
    }

    /** Gives {@code from} the name {@code to}, which must not exist. On return it has that on disk. */
    static void rename(Path from, Path to) throws IOException {
        Files.move(from, to);
        syncName(to);
    }

    /** Makes it survive that {@code path} was renamed to that name. */
    static void syncName(Path path) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null) {
            sync(directory);
        }
    }

    private static List<Path> filesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static String checksum(Path file) throws IOException {
        CRC32C sum = new CRC32C();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sum.update(buffer, 0, n);
            }
        }
        return Long.toHexString(sum.getValue());
    }
}
