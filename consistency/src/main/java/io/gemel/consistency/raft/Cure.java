package io.gemel.consistency.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What to do about files that cannot be read or written, in words for whoever runs the node: what is wrong with a disk is told
 * from what is wrong with a file, because moving a file away mends only the latter.
 */
final class Cure {
    private static final long FULL_BYTES = 1024 * 1024;

    private final Path dataDir;
    private final boolean alone;

    /** {@code alone}: whether there are no other members from which to take all again. */
    Cure(Path dataDir, boolean alone) {
        this.dataDir = dataDir.toAbsolutePath().normalize();
        this.alone = alone;
    }

    /** For a failure that may have to do with any file in the directory. */
    String of(Throwable failure) {
        return disk(failure, everything());
    }

    /** For files of Raft that are not as they were written. */
    String everything() {
        return alone
                ? "restore " + dataDir + " from a backup"
                : "move " + dataDir
                        + " away and start this node again with its --node-id, and --members or --join: it takes all"
                        + " from the other members, and votes once it has";
    }

    /** For a state that cannot be opened. */
    String ofState(Throwable failure) {
        return disk(
                failure,
                "if it is in use, stop the other process; if it is damaged, move " + dataDir.resolve("state")
                        + " away and start again: the raft log and snapshot beside it rebuild it");
    }

    private String disk(Throwable failure, String otherwise) {
        String text = text(failure);
        if (text.contains("no space left") || full()) {
            return "the disk of " + dataDir
                    + " is full: free space there and start again; nothing that was acknowledged is lost";
        }
        if (text.contains("input/output error") || text.contains("read-only file system")) {
            return "the disk of " + dataDir
                    + " fails: look into the system's log, then start again; if the disk is lost, start this node on"
                    + " another one"
                    + (alone
                            ? " and restore a backup"
                            : " with its --node-id, and --members or --join: it takes all from the other members");
        }
        return otherwise;
    }

    private static String text(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            text.append(cause).append(' ');
        }
        return text.toString().toLowerCase(Locale.ROOT);
    }

    private boolean full() {
        try {
            return Files.getFileStore(dataDir).getUsableSpace() < FULL_BYTES;
        } catch (IOException e) {
            return false;
        }
    }
}
