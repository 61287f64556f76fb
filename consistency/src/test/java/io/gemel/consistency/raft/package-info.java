/** Tests of the Raft side, most of them on whole groups of nodes in one process. */
@NullMarked
package io.gemel.consistency.raft;

import org.jspecify.annotations.NullMarked;
