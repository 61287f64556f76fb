package io.gemel.bootstrap;

import io.gemel.bootstrap.cli.GuardWord;
import io.gemel.naming.GuardMode;
import io.gemel.naming.Member;
import io.gemel.naming.RegistryException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the text of a setting is read.
 *
 * @param label what stands for the value in help texts
 * @param expected what a valid text looks like, for people
 * @param read the value, or empty if the text is not of this form
 */
record ValueForm<T>(String label, String expected, Function<String, Optional<T>> read) {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern SERVER = Pattern.compile("(?:\\[([^]]+)]|([^:]+)):(\\d{1,5})");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(|KiB|MiB|GiB)");
    private static final List<String> UNITS = List.of("", "KiB", "MiB", "GiB");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    static final ValueForm<String> IDENTIFIER = new ValueForm<>(
            "NAME",
            "1..64 of A-Z a-z 0-9 _ . -, starting with a letter, digit or _",
            text -> accepted(text, id -> Member.checkedId("id", id)));

    static final ValueForm<String> HOST_NAME = new ValueForm<>(
            "HOST", "an IP address or a host name", text -> accepted(text, host -> Member.checkedHost("host", host)));

    static final ValueForm<Path> DIRECTORY = path("DIR");

    static final ValueForm<Path> FILE = path("FILE");

    static final ValueForm<List<String>> SERVERS =
            new ValueForm<>("HOST:PORT", "host:port of client doors, separated by commas", ValueForm::servers);

    static final ValueForm<GuardMode> GUARD = new ValueForm<>("MODE", "one of " + GuardWord.words(), GuardWord::parse);

    private static ValueForm<Path> path(String label) {
        return new ValueForm<>(label, "a path", text -> {
            try {
                return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
        });
    }

    static ValueForm<Integer> number(int min, int max) {
        return new ValueForm<>(
                "N",
                "a number, %d..%d".formatted(min, max),
                text -> matching(NUMBER, text).map(Integer::valueOf).filter(n -> n >= min && n <= max));
    }

    /** A duration within a range, because one that is far too short or too long is a slip of the unit. */
    static ValueForm<Duration> duration(Duration min, Duration max) {
        String expected = "a duration such as 500ms, 2s or 1m, from %s to %s".formatted(text(min), text(max));
        return new ValueForm<>(
                "DURATION", expected, text -> read(text).filter(d -> d.compareTo(min) >= 0 && d.compareTo(max) <= 0));
    }

    /** A number of bytes within a range, such as 64MiB. */
    static ValueForm<Long> bytes(long min, long max) {
        String expected =
                "a size such as 512KiB, 64MiB or 2GiB, from %s to %s".formatted(bytesText(min), bytesText(max));
        return new ValueForm<>("SIZE", expected, text -> readBytes(text).filter(bytes -> bytes >= min && bytes <= max));
    }

    static ValueForm<String> oneOf(String... words) {
        List<String> allowed = List.of(words);
        return new ValueForm<>(
                "LEVEL",
                "one of " + String.join(", ", allowed),
                text -> Optional.of(text).filter(allowed::contains));
    }

    /** Whether something is wanted. */
    static ValueForm<Boolean> onOff() {
        return new ValueForm<>(
                "on|off",
                "on or off",
                text -> Optional.of(text)
                        .filter(word -> word.equals("on") || word.equals("off"))
                        .map(word -> word.equals("on")));
    }

    /** A port that is derived from the base port unless it is given. */
    static ValueForm<OptionalInt> derivedPort() {
        ValueForm<Integer> port = number(1, 65_535);
        return new ValueForm<>(
                "PORT",
                port.expected(),
                text -> text.isEmpty()
                        ? Optional.of(OptionalInt.empty())
                        : port.read().apply(text).map(OptionalInt::of));
    }

    /** A value that may be left out. */
    @SuppressWarnings(
            "OptionalMapToOptional") // the outer one says whether the text is valid, the inner one is its value
    static <T> ValueForm<Optional<T>> optional(ValueForm<T> form) {
        return new ValueForm<>(
                form.label(),
                form.expected(),
                text -> text.isEmpty()
                        ? Optional.of(Optional.empty())
                        : form.read().apply(text).map(Optional::of));
    }

    private static Optional<String> matching(Pattern pattern, String text) {
        return pattern.matcher(text).matches() ? Optional.of(text) : Optional.empty();
    }

    private static Optional<List<String>> servers(String text) {
        List<String> servers = new ArrayList<>();
        for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            String server = part.strip();
            Matcher matcher = SERVER.matcher(server);
            boolean valid = matcher.matches()
                    && HOST_NAME
                            .read()
                            .apply(matcher.group(1) == null ? matcher.group(2) : matcher.group(1))
                            .isPresent()
                    && number(1, 65_535).read().apply(matcher.group(3)).isPresent();
            if (!valid) {
                return Optional.empty();
            }
            servers.add(server);
        }
        return Optional.of(List.copyOf(servers));
    }

    private static Optional<String> accepted(String text, UnaryOperator<String> check) {
        try {
            return Optional.of(check.apply(text));
        } catch (RegistryException refusal) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> read(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Optional.of(Duration.ofMillis(amount));
            case "s" -> Optional.of(Duration.ofSeconds(amount));
            case "m" -> Optional.of(Duration.ofMinutes(amount));
            default -> Optional.of(Duration.ofHours(amount));
        };
    }

    private static Optional<Long> readBytes(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int power = UNITS.indexOf(matcher.group(2));
        return Optional.of(Long.parseLong(matcher.group(1)) << (10 * power));
    }

    private static String bytesText(long bytes) {
        int power = bytes == 0 ? 0 : Math.min(UNITS.size() - 1, Long.numberOfTrailingZeros(bytes) / 10);
        return (bytes >> (10 * power)) + UNITS.get(power);
    }

    private static String text(Duration duration) {
        if (duration.toMillis() % 1000 != 0) {
            return duration.toMillis() + "ms";
        }
        return duration.toSeconds() % 60 == 0 && !duration.isZero()
                ? duration.toMinutes() + "m"
                : duration.toSeconds() + "s";
    }
}
