package io.gemel.it.wrong.transport.nacos;

import picocli.CommandLine;

/** Wrong: options are the server's, handed down by constructors. */
record DoorHasACommandLine(CommandLine options) {}
