package io.gemel.bootstrap.cli;

import io.gemel.naming.GuardMode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What operators say of the guard, as a word.
 *
 * @param mode empty if nothing is said
 */
public record GuardWord(Optional<GuardMode> mode) {
    private static final String NOTHING = "default";

    /** The words for the modes, as {@code a, b or c} would be read. */
    public static String words() {
        return Arrays.stream(GuardMode.values()).map(GuardWord::text).collect(Collectors.joining(", "));
    }

    /** The mode that {@code word} stands for. */
    public static Optional<GuardMode> parse(String word) {
        return Arrays.stream(GuardMode.values())
                .filter(mode -> text(mode).equals(word))
                .findFirst();
    }

    /** As it is written. */
    static String text(GuardMode mode) {
        return mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String text(Optional<GuardMode> mode) {
        return mode.map(GuardWord::text).orElse(NOTHING);
    }

    /** Reads the value of an option. */
    static final class Reader implements ITypeConverter<GuardWord> {
        @Override
        public GuardWord convert(String word) {
            Optional<GuardMode> mode = parse(word);
            if (mode.isEmpty() && !word.equals(NOTHING)) {
                throw new TypeConversionException("'" + word + "' (expected: one of " + words() + ", " + NOTHING + ")");
            }
            return new GuardWord(mode);
        }
    }
}
