/** The commands that speak to a running cluster, and what all commands share: output, refusals, logging. */
@NullMarked
package io.gemel.bootstrap.cli;

import org.jspecify.annotations.NullMarked;
