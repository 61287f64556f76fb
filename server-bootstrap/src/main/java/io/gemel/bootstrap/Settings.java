package io.gemel.bootstrap;

import io.gemel.bootstrap.StartRefused.Code;
import io.gemel.bootstrap.cli.Suggestion;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The effective value of every setting, and where it came from. A flag wins over the environment, that over the file,
 * that over Nacos's variables, those over what the data directory remembers, that over the default. Immutable; every text in it has the form its setting asks for.
 */
final class Settings {
    static final String VARIABLE_PREFIX = "GEMEL_";

    /** Names the file by the environment. */
    static final String CONFIG_VARIABLE = VARIABLE_PREFIX + "CONFIG";

    /** Variables of the prefix that are not for the server: the command line's and the start script's. */
    private static final Set<String> OTHER_VARIABLES = Set.of(
            CONFIG_VARIABLE, VARIABLE_PREFIX + "SERVER", VARIABLE_PREFIX + "JAVA_OPTS", VARIABLE_PREFIX + "JAVA");

    /** A longer value does not push the sources of all others out of sight. */
    private static final int COLUMN_MAX = 60;

    private static final String BY_DEFAULT = "default";

    private final Map<String, Sourced> values;
    private final NacosEnvironment nacos;

    private Settings(Map<String, Sourced> values, NacosEnvironment nacos) {
        this.values = Map.copyOf(values);
        this.nacos = nacos;
    }

    /** A text and who said so. */
    record Sourced(String text, String source) {}

    /**
     * Puts the layers on top of each other.
     *
     * @param flags by setting name
     * @param environment all variables of the process
     * @param file the file of {@code --config}, if given; else {@code GEMEL_CONFIG} may name one
     * @throws StartRefused if a name is unknown or a value is not of its setting's form
     */
    static Settings resolve(Map<String, String> flags, Map<String, String> environment, Optional<Path> file) {
        Map<String, Sourced> said = new HashMap<>();
        Optional<Path> named = file.or(() -> Optional.ofNullable(environment.get(CONFIG_VARIABLE))
                .filter(s -> !s.isEmpty())
                .map(Path::of));
        named.ifPresent(path -> said.putAll(fromFile(path)));
        said.putAll(fromEnvironment(environment));
        flags.forEach((name, text) -> said.put(name, new Sourced(text, "flag --" + name)));

        NacosEnvironment nacos = nacos(said, environment);
        Map<String, Sourced> values = new HashMap<>();
        for (Setting<?> setting : Setting.ALL) {
            values.put(setting.name(), new Sourced(setting.defaultText(), BY_DEFAULT));
        }
        values.putAll(nacos.values());
        values.putAll(said);
        Settings settings = new Settings(values, nacos);
        Setting.ALL.forEach(settings::value);
        return settings;
    }

    private static NacosEnvironment nacos(Map<String, Sourced> said, Map<String, String> environment) {
        Sourced wanted = said.get(Setting.NACOS.name());
        if (wanted != null && wanted.text().equals("off")) {
            return NacosEnvironment.NONE;
        }
        NacosEnvironment nacos = NacosEnvironment.of(environment, new LocalNames());
        if (said.containsKey(Setting.MEMBERS.name())) {
            return nacos.withoutValues();
        }
        boolean clustered = said.containsKey(Setting.JOIN.name()) || said.containsKey(Setting.CLUSTER_CONF.name());
        return clustered ? nacos.withoutCluster() : nacos;
    }

    /** The list of the members as a variable of Nacos's has it, if nothing else says who they are. */
    Optional<String> nacosServers() {
        return nacos.servers();
    }

    /** What to do instead of setting what is set and means nothing here. */
    List<String> remarks() {
        return nacos.remarks();
    }

    /** The value of {@code setting}. */
    <T> T value(Setting<T> setting) {
        Sourced sourced = sourced(setting);
        return setting.form()
                .read()
                .apply(sourced.text())
                .orElseThrow(() -> refuse(setting, "expected: " + setting.form().expected()));
    }

    /** Whether somebody set it, rather than its default. */
    boolean isSet(Setting<?> setting) {
        return !sourced(setting).text().equals(setting.defaultText());
    }

    /** Whether a flag, the environment or the file says it. */
    boolean isGiven(Setting<?> setting) {
        return !sourced(setting).source().equals(BY_DEFAULT)
                && !sourced(setting).text().isEmpty();
    }

    /** These settings, but {@code others}, which {@code source} says, in place of defaults. */
    Settings completed(Map<String, String> others, String source) {
        Map<String, Sourced> completed = new HashMap<>(values);
        others.forEach((name, text) -> completed.computeIfPresent(
                name, (key, sourced) -> sourced.source().equals(BY_DEFAULT) ? new Sourced(text, source) : sourced));
        return new Settings(completed, nacos);
    }

    /** A refusal of the value of {@code setting}, naming where it was set. */
    StartRefused refuse(Setting<?> setting, String why) {
        Sourced sourced = sourced(setting);
        return new StartRefused(
                Code.BAD_SETTING,
                "%s: '%s' (%s; set by %s)".formatted(setting.name(), sourced.text(), why, sourced.source()),
                "correct it there; 'gemel server --print-config' shows every setting and where it comes from");
    }

    /**
     * Every setting as a line of a file, with its source behind it. The output is itself a valid file.
     *
     * @param derived by setting name, what follows for settings that nobody set from those that are
     */
    String print(Map<String, String> derived) {
        Map<String, Sourced> effective = new LinkedHashMap<>();
        for (Setting<?> setting : Setting.ALL) {
            Sourced sourced = sourced(setting);
            boolean follows = sourced.text().isEmpty() && derived.containsKey(setting.name());
            effective.put(
                    setting.name(),
                    follows ? new Sourced(derived.getOrDefault(setting.name(), ""), "derived") : sourced);
        }
        int width = effective.entrySet().stream()
                .mapToInt(entry -> line(entry).length())
                .filter(length -> length <= COLUMN_MAX)
                .max()
                .orElse(0);
        return effective.entrySet().stream()
                .map(entry -> ("%-" + width + "s  # %s")
                        .formatted(line(entry), entry.getValue().source()))
                .collect(Collectors.joining(
                        "\n", "# flag > environment > file > Nacos's environment > data directory > default\n", "\n"));
    }

    private static String line(Map.Entry<String, Sourced> entry) {
        return entry.getKey() + "=" + entry.getValue().text();
    }

    private Sourced sourced(Setting<?> setting) {
        return Objects.requireNonNull(values.get(setting.name()), "every setting has a default");
    }

    private static Map<String, Sourced> fromEnvironment(Map<String, String> environment) {
        Map<String, String> names = Setting.ALL.stream().collect(Collectors.toMap(Setting::variable, Setting::name));
        Map<String, Sourced> found = new HashMap<>();
        environment.forEach((variable, text) -> {
            if (!variable.startsWith(VARIABLE_PREFIX) || OTHER_VARIABLES.contains(variable)) {
                return;
            }
            String name = names.get(variable);
            if (name == null) {
                throw unknown("environment variable " + variable, variable, names.keySet());
            }
            found.put(name, new Sourced(text.strip(), "environment " + variable));
        });
        return found;
    }

    private static Map<String, Sourced> fromFile(Path path) {
        List<String> names = Setting.ALL.stream().<String>map(Setting::name).toList();
        Map<String, Sourced> found = new HashMap<>();
        int number = 0;
        for (String raw : TextFile.lines("config", path, "key=value")) {
            number++;
            String where = path + ":" + number;
            // As --print-config writes them: a '#' at the start or behind a space begins a comment.
            String line = raw.replaceFirst("(^|\\s)#.*", "").strip();
            if (line.isEmpty()) {
                continue;
            }
            int equals = line.indexOf('=');
            if (equals < 0) {
                throw new StartRefused(
                        Code.BAD_CONFIG_FILE, where + ": '" + line + "' (expected: key=value)", "correct that line");
            }
            String name = line.substring(0, equals).strip();
            if (!names.contains(name)) {
                throw unknown(where + ": key '" + name + "'", name, names);
            }
            Sourced value = new Sourced(line.substring(equals + 1).strip(), "file " + where);
            Sourced earlier = found.put(name, value);
            if (earlier != null) {
                throw new StartRefused(
                        Code.BAD_CONFIG_FILE,
                        "%s: key '%s' is set twice, first by %s".formatted(where, name, earlier.source()),
                        "remove one of the two lines");
            }
        }
        return found;
    }

    private static StartRefused unknown(String what, String typed, Collection<String> known) {
        return new StartRefused(
                Code.UNKNOWN_SETTING,
                what + " is unknown",
                Suggestion.nearest(typed, known)
                        .map(name -> "did you mean " + name + "?")
                        .orElse("see 'gemel server --help' for the settings"));
    }
}
