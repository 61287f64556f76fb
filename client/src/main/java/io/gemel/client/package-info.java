/** What applications embed: registering instances with a Gemel cluster, finding those of others, and following changes. */
@org.jspecify.annotations.NullMarked
package io.gemel.client;
