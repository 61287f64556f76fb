package io.gemel.it.wrong.transport.nacos;

/** Wrong: an abstraction over one case. */
abstract class AbstractDoor {}
