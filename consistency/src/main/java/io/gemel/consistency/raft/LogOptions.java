package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.storage.impl.RocksDBLogStorage;
import com.alipay.sofa.jraft.util.StorageOptionsFactory;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WALRecoveryMode;

/**
 * How the Raft log is stored. JRaft keeps these options once per process, so they are the same for each node in it.
 *
 * <p>The recovery mode is what matters: RocksDB's own default drops, silently, everything after a damaged record. A node
 * with such a shortened log can win an election and make the others cut theirs, and acknowledged writes are gone
 * everywhere. With the mode below the node refuses to start instead; only a torn last record, which was never
 * acknowledged, is dropped.
 */
final class LogOptions {
    private static final long WRITE_BUFFER_BYTES = 8L * 1024 * 1024;

    /** Each cut of the log leaves a small change behind, which alone would keep old files until there are so many. */
    private static final long WAL_BYTES_MAX = 24L * 1024 * 1024;

    private static final long BLOCK_CACHE_BYTES = 2L * 1024 * 1024;

    static {
        RocksDB.loadLibrary();
        StorageOptionsFactory.registerRocksDBOptions(RocksDBLogStorage.class, database());
        StorageOptionsFactory.registerRocksDBColumnFamilyOptions(RocksDBLogStorage.class, columnFamilies());
        StorageOptionsFactory.registerRocksDBTableFormatConfig(
                RocksDBLogStorage.class, new BlockBasedTableConfig().setBlockCache(new LRUCache(BLOCK_CACHE_BYTES)));
    }

    private LogOptions() {}

    /** Makes JRaft use these options for every log opened from now on; further calls change nothing. */
    static void register() {
        // The work is done when this class is initialized, which the JVM does once.
    }

    private static DBOptions database() {
        return new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                .setMaxTotalWalSize(WAL_BYTES_MAX)
                .setMaxOpenFiles(256)
                .setMaxLogFileSize(1024 * 1024)
                .setKeepLogFileNum(2)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL);
    }

    private static ColumnFamilyOptions columnFamilies() {
        return new ColumnFamilyOptions()
                .setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setMaxWriteBufferNumber(3)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setForceConsistencyChecks(true);
    }
}
