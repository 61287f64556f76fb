/** The doors that speak as Nacos does: for clients that were written for it, and know nothing of Gemel. */
@org.jspecify.annotations.NullMarked
package io.gemel.transport.nacos;
