package io.gemel.it.bench;

import io.gemel.naming.Ticker;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Sees, by the directories of servers, when they take snapshots: one is written under a name of its own, and then renamed. */
final class SnapshotWatch {
    /** Where the Raft library writes a snapshot that is not complete. */
    private static final String UNDER_WAY = "temp";

    private static final String COMPLETE = "snapshot_";

    private final Ticker ticker;
    private final List<Place> places = new ArrayList<>();
    private final List<Double> millis = new ArrayList<>();

    /** Of servers that keep their data in {@code dataDirs}, from now on. */
    SnapshotWatch(Ticker ticker, List<Path> dataDirs) throws IOException {
        this.ticker = ticker;
        for (Path data : dataDirs) {
            Place place = new Place(data.resolve("raft").resolve("snapshot"));
            place.names = names(place.directory);
            places.add(place);
        }
    }

    /** The directory of one server's snapshots. */
    private static final class Place {
        private final Path directory;
        private Set<String> names = Set.of();
        private long begunNanos;
        private boolean begun;

        Place(Path directory) {
            this.directory = directory;
        }
    }

    /** Whether any server takes a snapshot, or has since the last look. To be called often: what comes and goes between is half seen. */
    boolean look() throws IOException {
        boolean any = false;
        for (Place place : places) {
            any |= look(place);
        }
        return any;
    }

    /** How long those that were seen from begin to end took, in milliseconds. */
    double[] millis() {
        return millis.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private boolean look(Place place) throws IOException {
        Set<String> names = names(place.directory);
        boolean underWay = names.contains(UNDER_WAY);
        boolean taken = names.stream().anyMatch(name -> name.startsWith(COMPLETE) && !place.names.contains(name));
        if (taken && place.begun) {
            millis.add((ticker.nanos() - place.begunNanos) / 1e6);
        }
        if (underWay && (taken || !place.begun) && !place.names.contains(UNDER_WAY)) {
            place.begunNanos = ticker.nanos();
            place.begun = true;
        } else if (!underWay) {
            place.begun = false;
        }
        place.names = names;
        return underWay || taken;
    }

    private static Set<String> names(Path directory) throws IOException {
        Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                names.add(String.valueOf(file.getFileName()));
            }
        } catch (NoSuchFileException e) {
            return Set.of(); // before the first
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }
}
