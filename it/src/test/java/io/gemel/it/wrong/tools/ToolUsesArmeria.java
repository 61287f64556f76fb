package io.gemel.it.wrong.tools;

import com.linecorp.armeria.common.HttpStatus;

/** Wrong: the HTTP server outside the door that it serves. */
record ToolUsesArmeria(HttpStatus status) {}
