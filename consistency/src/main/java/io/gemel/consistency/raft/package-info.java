/** Persistent instances: a Raft group whose log and state live in RocksDB. The only place that knows JRaft or RocksDB. */
@NullMarked
package io.gemel.consistency.raft;

import org.jspecify.annotations.NullMarked;
