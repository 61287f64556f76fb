/** Typed metadata: health checks, selectors and what plug-ins add, carried as Hessian 2 of which nothing outside an allow-list is ever read. */
@org.jspecify.annotations.NullMarked
package io.gemel.typed;
