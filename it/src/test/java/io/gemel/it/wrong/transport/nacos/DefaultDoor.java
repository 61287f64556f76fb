package io.gemel.it.wrong.transport.nacos;

/** Wrong: named after what it is chosen by, not after what makes it different. */
final class DefaultDoor extends AbstractDoor {}
