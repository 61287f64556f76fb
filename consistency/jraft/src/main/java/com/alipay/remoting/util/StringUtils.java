package com.alipay.remoting.util;

import org.jspecify.annotations.Nullable;

/** Stands in for Bolt's class of this name, which {@code NodeOptions} links against. */
public final class StringUtils {
    private StringUtils() {}

    /** Tells whether {@code text} is absent or holds nothing but white space. */
    public static boolean isBlank(@Nullable String text) {
        return text == null || text.isBlank();
    }

    /** Tells whether {@code text} holds anything but white space. */
    public static boolean isNotBlank(@Nullable String text) {
        return !isBlank(text);
    }
}
