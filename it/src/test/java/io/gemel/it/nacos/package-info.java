@NullMarked
package io.gemel.it.nacos;

import org.jspecify.annotations.NullMarked;
