package io.gemel.it.wrong.consistency.distro;

import org.rocksdb.RocksDB;

/** Wrong: ephemeral state is in memory. */
record DistroUsesRocksDb(RocksDB store) {}
