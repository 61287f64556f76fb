package io.gemel.bootstrap;

import io.gemel.bootstrap.StartRefused.Code;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The lines of a file that somebody named in a setting. */
final class TextFile {
    private TextFile() {}

    /**
     * The lines of {@code path}; throws {@link StartRefused} if it cannot be read.
     *
     * @param setting what named it
     * @param lines what its lines look like, for people
     */
    static List<String> lines(String setting, Path path, String lines) {
        try {
            return Files.readAllLines(path);
        } catch (NoSuchFileException e) {
            throw refuse(setting, path, "does not exist", "check the path given by --" + setting, e);
        } catch (MalformedInputException e) {
            throw refuse(setting, path, "is not UTF-8 text", "name a file of " + lines + " lines", e);
        } catch (IOException e) {
            throw refuse(
                    setting,
                    path,
                    "cannot be read (" + e.getMessage() + ")",
                    "name a readable file of " + lines + " lines",
                    e);
        }
    }

    private static StartRefused refuse(String setting, Path path, String why, String whatToDo, IOException cause) {
        return new StartRefused(Code.BAD_CONFIG_FILE, setting + ": " + path + " " + why, whatToDo, cause);
    }
}
