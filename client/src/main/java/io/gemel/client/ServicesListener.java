package io.gemel.client;

/** Told which services there are. */
@FunctionalInterface
public interface ServicesListener {
    /**
     * Services have got their first instance or lost their last one, or this is the subscription's first event. Called as
     * {@link ServiceListener#changed} is.
     */
    void changed(ServicesEvent event);
}
