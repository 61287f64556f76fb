package io.gemel.bootstrap.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An instance's address as it is typed: {@code 10.0.0.7:8080} or {@code [fe80::1]:8080}. */
record Address(String ip, int port) {
    private static final Pattern FORM = Pattern.compile("(?:\\[(.+)]|([^:]+)):(-?\\d{1,9})");

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
