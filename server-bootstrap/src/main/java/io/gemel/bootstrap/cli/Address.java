package io.gemel.bootstrap.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An instance's address as it is typed: {@code 10.0.0.7:8080} or {@code [fe80::1]:8080}. */
record Address(String ip, int port) {
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
    private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
    private static final Pattern FORM = Pattern.compile("(?:\\[(.+)]|([^:]+)):(-?\\d{1,9})");

    /** Whether {@code ip} can only be meant for an IPv4 address, since host names end in letters, and is none. */
    static boolean isMistyped(String ip) {
        return NUMBERS.matcher(ip).matches() && !IPV4.matcher(ip).matches();
    }

    /** Reads an argument of the command line. Whether the port is in range is the registry's to say. */
    static final class Converter implements ITypeConverter<Address> {
        @Override
        public Address convert(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' (expected: IP:PORT, or [IP]:PORT for IPv6)");
            }
            String ip = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
            return new Address(ip, Integer.parseInt(matcher.group(3)));
        }
    }
}
