/** Classes that stand in for JRaft's own. */
@NullMarked
package com.alipay.sofa.jraft.util;

import org.jspecify.annotations.NullMarked;
