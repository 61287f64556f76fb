package io.gemel.client.internal;

import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers views on disk for a client that starts while no server can be reached. Confined to the client's loop.
 *
 * <p>Files are written on the listeners' thread, one at a time. Views that wait for it are kept by service, the newest only (I7), so a storm
 * of changes of a service costs a file now and then. After each file there is a pause of several times what it took: listeners, whose
 * thread it is, have most of its time also where the disk is slow.
 */
final class ViewCache {
    private static final Duration PAUSE_MIN = Duration.ofMillis(50);
    private static final int PAUSE_FACTOR = 4;
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(30);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final Logger log = LoggerFactory.getLogger(ViewCache.class);

    private final CacheFiles files;
    private final ClientLoop loop;
    private final ClientLoop writer;
    private final Ticker ticker;
    private final Map<ServiceId, ServiceView> unwritten = new LinkedHashMap<>();
    private boolean resting;
    private boolean failing;

    ViewCache(CacheFiles files, ClientLoop loop, ClientLoop writer, Ticker ticker) {
        this.files = files;
        this.loop = loop;
        this.writer = writer;
        this.ticker = ticker;
    }

    /** The files in {@code dir}; none if they cannot be used: a cache is a help, and no reason to fail. */
    static Optional<CacheFiles> files(Optional<Path> dir) {
        try {
            return dir.isPresent() ? Optional.of(CacheFiles.in(dir.get())) : Optional.empty();
        } catch (IOException e) {
            log.warn("views are not cached dir={} cause={}", dir.get(), e.toString());
            return Optional.empty();
        }
    }

    /** Keeps {@code view} instead of what is kept of its service, soon. */
    void keep(ServiceView view) {
        unwritten.put(view.service(), view);
        writeNext();
    }

    /** What is kept of a service. Reads a file; for when there is no server to wait for. */
    Optional<ServiceView> recall(ServiceId service) {
        return files.read(service);
    }

    /** Writes what waits, as much as there is time for: the client is closed. */
    void close() {
        List<ServiceView> rest = List.copyOf(unwritten.values());
        unwritten.clear();
        writer.post(() -> {
            long begin = ticker.nanos();
            for (ServiceView view : rest) {
                if (ticker.nanos() - begin > LAST_WORDS.toNanos() || write(view).isPresent()) {
                    return;
                }
            }
        });
    }

    private void writeNext() {
        Optional<ServiceView> next = unwritten.values().stream().findFirst();
        if (resting || next.isEmpty()) {
            return;
        }
        ServiceView view = next.get();
        unwritten.remove(view.service());
        resting = true;
        writer.post(() -> {
            long begin = ticker.nanos();
            Optional<IOException> failure = write(view);
            Duration took = Duration.ofNanos(ticker.nanos() - begin);
            loop.post(() -> written(view, failure, took));
        });
    }

    private Optional<IOException> write(ServiceView view) {
        try {
            files.write(view);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    private void written(ServiceView view, Optional<IOException> failure, Duration took) {
        Duration pause = took.multipliedBy(PAUSE_FACTOR);
        if (failure.isPresent()) {
            unwritten.putIfAbsent(view.service(), view);
            pause = PAUSE_AFTER_FAILURE;
            if (!failing) {
                log.warn(
                        "view not cached, tried again every {} service={} cause={}",
                        pause,
                        view.service(),
                        failure.get().toString());
            }
        }
        failing = failure.isPresent();
        var unused = loop.after(pause.compareTo(PAUSE_MIN) < 0 ? PAUSE_MIN : pause, () -> {
            resting = false;
            writeNext();
        });
    }
}
