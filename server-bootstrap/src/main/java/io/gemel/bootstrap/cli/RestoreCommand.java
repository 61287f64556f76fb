package io.gemel.bootstrap.cli;

import com.google.gson.JsonObject;
import io.gemel.consistency.raft.BackupFile;
import io.gemel.naming.Backups;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts what a backup holds into a cluster. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Puts what a backup holds into a cluster, as a whole or not at all. Readers and watchers see the"
                    + " difference alone.",
            "The cluster may be another one than the backup is from. Its members, and ephemeral instances, are not"
                    + " touched. What is restored has one revision, a new one.",
            "Refused if anything persistent is there, unless --replace is given; then that is lost. Without --yes,"
                    + " --replace only shows what would be."
        },
        footer = {
            "",
            "Examples:",
            "  gemel restore /backup/gemel-2026-11-21                  into a new cluster",
            "  gemel restore /backup/gemel-2026-11-21 --replace        what would be lost",
            "  gemel restore /backup/gemel-2026-11-21 --replace --yes  does it"
        })
final class RestoreCommand implements Callable<Integer> {
    @Mixin
    private final BackupServers servers = new BackupServers();

    @Option(names = "--replace", description = "Also if something persistent is there.")
    private boolean replace;

    @Option(names = "--yes", description = "Do it; what is there and not in the backup is lost.")
    private boolean yes;

    @Parameters(paramLabel = "FILE", description = "What gemel backup wrote.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Override
    public Integer call() {
        servers.begin();
        boolean rehearse = replace && !yes;
        try {
            BackupFile.Contents contents = BackupText.verified(file);
            Backups.Restored restored = servers.ask((calls, timeout) -> {
                try (InputStream in = Files.newInputStream(file)) {
                    return calls.restore(in, replace, rehearse, timeout);
                }
            });
            report(contents, restored, rehearse);
            return 0;
        } catch (BackupFile.BadBackupException bad) {
            return BackupText.refuse(servers, file, bad);
        } catch (IOException e) {
            return BackupText.refuse(servers, file, e);
        }
    }

    private void report(BackupFile.Contents contents, Backups.Restored restored, boolean rehearse) {
        if (servers.json()) {
            JsonObject json = new JsonObject();
            json.addProperty("done", !rehearse);
            json.addProperty("revision", restored.revision());
            json.add("backup", BackupText.json(contents));
            json.add("replaced", BackupText.json(restored.replaced()));
            servers.out().println(Json.pretty(json));
        } else {
            servers.out().println("%s is %s".formatted(file, BackupText.text(contents)));
            if (rehearse) {
                servers.out().println("Nothing is done yet.");
                servers.out()
                        .println("Would be lost, as far as it is not in the backup: "
                                + BackupText.text(restored.replaced()));
                servers.out().println("To do it: the same command with --yes");
            } else {
                servers.out()
                        .println("restored at revision %d; what was there before: %s"
                                .formatted(restored.revision(), BackupText.text(restored.replaced())));
            }
        }
        servers.out().flush();
    }
}
