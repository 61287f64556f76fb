/** The pure domain of the registry: values, use cases, the index, sessions, and the ports that doors and protocols fill. */
@org.jspecify.annotations.NullMarked
package io.gemel.naming;
