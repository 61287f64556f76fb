package io.gemel.bootstrap.cli;

import java.util.Locale;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets how much this process logs. Must be called before the first logger is made, since the levels are read then. */
public final class Logging {
    private Logging() {}

    /** Logs nothing: a command's answer is its output, and its refusal is on stderr. */
    public static void off() {
        levels("OFF", "OFF");
        SLF4JBridgeHandler.removeHandlersForRootLogger();
    }

    /** Logs at {@code level}: error, warn, info, debug or trace. The libraries stay a step quieter. */
    public static void at(String level) {
        String libraries = switch (level) {
            case "error" -> "ERROR";
            case "debug" -> "INFO";
            case "trace" -> "DEBUG";
            default -> "WARN";
        };
        levels(level.toUpperCase(Locale.ROOT), libraries);
        if (level.equals("debug") || level.equals("trace")) {
            System.setProperty("gemel.log.noisy", libraries);
        }
        // gRPC logs through the JDK; without the bridge its lines would come in a second format.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    private static void levels(String level, String libraries) {
        System.setProperty("gemel.log.level", level);
        System.setProperty("gemel.log.libraries", libraries);
    }
}
