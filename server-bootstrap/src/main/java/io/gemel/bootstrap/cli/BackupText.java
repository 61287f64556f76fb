package io.gemel.bootstrap.cli;

import com.google.gson.JsonObject;
import io.gemel.consistency.raft.BackupFile;
import io.gemel.naming.Backups;
import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Backups as the command line reads them and speaks of them. */
final class BackupText {
    private BackupText() {}

    /** What {@code file} holds, once all of it was read; throws {@link BackupFile.BadBackupException} unless it is whole. */
    static BackupFile.Contents verified(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return BackupFile.verify(in);
        }
    }

    /** Says that {@code file} cannot be used; the exit code. */
    static int refuse(Servers servers, Path file, BackupFile.BadBackupException bad) {
        Refusals.print(
                servers.err(),
                "BAD_BACKUP",
                file + " cannot be used: " + bad.getMessage(),
                "use another backup; 'gemel backup --verify FILE' checks one");
        return Refusals.REFUSED;
    }

    /** Says that the machine does not let {@code file} be read, or written; the exit code. */
    static int refuse(Servers servers, Path file, IOException failure) {
        Refusals.print(
                servers.err(),
                "FILE",
                "'%s' %s".formatted(file, why(failure)),
                "name a file that can be read, or written, by this user, in a directory that is there");
        return Refusals.REFUSED;
    }

    private static String why(IOException failure) {
        if (failure instanceof NoSuchFileException || failure instanceof FileNotFoundException) {
            return "is not there, or cannot be opened: " + failure.getMessage();
        }
        if (failure instanceof AccessDeniedException) {
            return "may not be used by this user";
        }
        return "cannot be used: " + failure.getMessage();
    }

    static String text(BackupFile.Contents contents) {
        return "a backup of cluster %s at revision %d, made %s by %s: %s, hash %x"
                .formatted(
                        contents.cluster(),
                        contents.revision(),
                        contents.created(),
                        contents.node(),
                        text(new Backups.Count(contents.records(), contents.instances(), contents.services())),
                        contents.contentHash());
    }

    static String text(Backups.Count count) {
        return "%d persistent instances of %d services, and %d settings"
                .formatted(count.instances(), count.services(), count.records() - count.instances());
    }

    static JsonObject json(BackupFile.Contents contents) {
        JsonObject json = new JsonObject();
        json.addProperty("cluster", contents.cluster());
        json.addProperty("node", contents.node());
        json.addProperty("revision", contents.revision());
        json.addProperty("created", contents.created().toString());
        json.addProperty("records", contents.records());
        json.addProperty("instances", contents.instances());
        json.addProperty("services", contents.services());
        json.addProperty("bytes", contents.bytes());
        json.addProperty("hash", Long.toHexString(contents.contentHash()));
        return json;
    }

    static JsonObject json(Backups.Count count) {
        JsonObject json = new JsonObject();
        json.addProperty("records", count.records());
        json.addProperty("instances", count.instances());
        json.addProperty("services", count.services());
        return json;
    }
}
