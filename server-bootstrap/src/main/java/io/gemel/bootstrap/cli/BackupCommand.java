package io.gemel.bootstrap.cli;

import com.google.gson.JsonObject;
import io.gemel.consistency.raft.BackupFile;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Saves what is persistent in a file. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Saves all that is persistent in a file: the persistent instances of all services, and what operators have"
                    + " set for services and instances. Not the members of the cluster, nor ephemeral instances.",
            "Any server does it, while everything goes on; the backup is consistent at one revision, with every write"
                    + " in it that was acknowledged before. It is written to FILE.part, read again and checked, and only"
                    + " then named FILE."
        },
        footer = {
            "",
            "Examples:",
            "  gemel backup /backup/gemel-$(date +%%F)           from the server at 127.0.0.1:9848",
            "  gemel backup --verify /backup/gemel-2026-11-21   checks a file; asks no server",
            "  gemel restore /backup/gemel-2026-11-21           puts it back"
        })
final class BackupCommand implements Callable<Integer> {
    @Mixin
    private final BackupServers servers = new BackupServers();

    @Option(names = "--verify", description = "Only read FILE and say whether it is whole and what it holds.")
    private boolean verify;

    @Parameters(paramLabel = "FILE", description = "The file; one that exists is replaced.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Override
    public Integer call() {
        servers.begin();
        try {
            if (!verify) {
                save();
            }
            report(BackupText.verified(file));
            return 0;
        } catch (BackupFile.BadBackupException bad) {
            return BackupText.refuse(servers, file, bad);
        } catch (IOException e) {
            return BackupText.refuse(servers, file, e);
        }
    }

    private void save() throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        ExitHook.run(() -> delete(part)); // a Ctrl-C leaves nothing behind
        try {
            servers.ask((calls, timeout) -> {
                try (FileOutputStream to = new FileOutputStream(part.toFile());
                        OutputStream buffer = new BufferedOutputStream(to)) {
                    calls.read(buffer, timeout);
                    buffer.flush();
                    to.getFD().sync();
                }
                return part;
            });
            BackupFile.Contents unused = BackupText.verified(part);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncDirectory();
        } finally {
            delete(part);
        }
    }

    private static void delete(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) { // what could not be written says why, and the next backup overwrites it
        }
    }

    /** Without it the name could be lost with the power, though the file is not. */
    private void syncDirectory() throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private void report(BackupFile.Contents contents) {
        if (servers.json()) {
            JsonObject json = BackupText.json(contents);
            json.addProperty("file", file.toString());
            servers.out().println(Json.pretty(json));
        } else {
            servers.out().println(file + " is whole: " + BackupText.text(contents));
        }
        servers.out().flush();
    }
}
