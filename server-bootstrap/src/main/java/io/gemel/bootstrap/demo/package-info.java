/** The tour of a real three-node cluster, and the child processes that it and the integration tests are made of. */
@NullMarked
package io.gemel.bootstrap.demo;

import org.jspecify.annotations.NullMarked;
