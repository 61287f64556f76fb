package io.gemel.it.wrong.naming;

/** Wrong: a name for a drawer. */
record OrderUtils() {}
