/** What a run looks like to people: one page that needs no network, verdicts first. */
@NullMarked
package io.gemel.it.faults.report;

import org.jspecify.annotations.NullMarked;
