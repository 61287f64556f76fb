package io.gemel.consistency.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

/**
 * RocksDB's native code, unpacked into the data directory. By itself RocksDB unpacks a new copy into the temporary directory at
 * every start and leaves it there when the process is killed.
 */
final class NativeLibrary {
    private NativeLibrary() {}

    /** Loads it, once in a process. */
    static void load(Path dataDir) throws IOException {
        Path directory = Files.createDirectories(dataDir.resolve("native"));
        NativeLibraryLoader.getInstance().loadLibrary(directory.toString());
        RocksDB.loadLibrary();
    }
}
