package io.gemel.it.wrong.naming;

/** Wrong: the name says nothing. */
record ServiceManager() {}
