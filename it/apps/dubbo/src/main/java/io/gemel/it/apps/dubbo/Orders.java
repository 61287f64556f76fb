package io.gemel.it.apps.dubbo;

/** What the provider offers. */
public interface Orders {
    /** Who answers. */
    String title();
}
