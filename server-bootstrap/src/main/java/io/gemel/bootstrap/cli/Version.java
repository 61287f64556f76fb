package io.gemel.bootstrap.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this build. */
public final class Version implements IVersionProvider {
    /** As the jar's manifest has it; {@code dev} when the classes do not come from a jar. */
    public static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"gemel %s (Java %s)".formatted(text(), Runtime.version())};
    }
}
