/** What can only be shown from outside: the architecture, and real servers under real clients. */
@NullMarked
package io.gemel.it;

import org.jspecify.annotations.NullMarked;
