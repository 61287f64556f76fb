package io.gemel.it.wrong.tools;

/** Wrong: public, and nobody outside its package uses it. */
public record PublicForNobody() {}
