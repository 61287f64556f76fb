/** The one class of Bolt that jraft-core's options refer to, so that Bolt itself need not be present. */
@NullMarked
package com.alipay.remoting.util;

import org.jspecify.annotations.NullMarked;
