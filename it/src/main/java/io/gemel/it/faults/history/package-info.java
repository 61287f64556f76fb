/** What happened in a run: every operation's beginning and end, what watchers were shown, faults, samples of the nodes. */
@NullMarked
package io.gemel.it.faults.history;

import org.jspecify.annotations.NullMarked;
