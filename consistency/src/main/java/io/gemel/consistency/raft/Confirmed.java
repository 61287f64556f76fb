package io.gemel.consistency.raft;

/**
 * What a round of ReadIndex found: how far a node must have come to answer those who waited for the round.
 *
 * <p>The two differ because JRaft puts entries of its own into the log, which leave the state as it is and which a state does
 * not count.
 *
 * @param committed the log index up to which all was committed when the round began
 * @param applied a log index that the leader's state had come to when it had applied all that; who shows a state as new shows
 *     every change up to {@code committed}
 */
record Confirmed(long committed, long applied) {}
