/** A plug-in as others write one, and what must never be made. */
@org.jspecify.annotations.NullMarked
package io.gemel.typed.sample;
