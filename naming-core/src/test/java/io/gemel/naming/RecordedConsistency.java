package io.gemel.naming;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Takes every write, keeps it for the test to look at, and makes reads wait only if told. */
final class RecordedConsistency implements ConsistencyService {
    final List<Change> written = new ArrayList<>();
    final List<ReadLevel> read = new ArrayList<>();
    CompletableFuture<Void> readable = CompletableFuture.completedFuture(null);

    @Override
    public CompletableFuture<Written> write(Change change) {
        written.add(change);
        return CompletableFuture.completedFuture(new Written(written.size()));
    }

    @Override
    public CompletableFuture<Void> readable(ReadLevel level) {
        read.add(level);
        return readable;
    }
}
