package io.gemel.naming;

/**
 * An ephemeral instance in the name of a session.
 *
 * @param stamp its {@link LamportClock} number: of several publications of one address the highest is shown
 * @param standing what has become of it
 */
public record Publication(ServiceId service, Instance instance, Publisher publisher, long stamp, Standing standing) {
    /** What has become of a publication. */
    public enum Standing {
        /** Its session holds it. */
        LISTED,
        /** Its session was lost together with many others; it is shown as suspect where nothing else is listed at its address. */
        SUSPECT,
        /** It was taken back, and what is suspect at its address with a lower stamp with it: nothing of that is shown. */
        GONE
    }

    /** One that its session holds. */
    public Publication(ServiceId service, Instance instance, Publisher publisher, long stamp) {
        this(service, instance, publisher, stamp, Standing.LISTED);
    }

    /** It has become something else. */
    public Publication as(Standing other) {
        return new Publication(service, instance, publisher, stamp, other);
    }

    /** It is gone, and was when the clock said {@code when}. */
    public Publication goneAt(long when) {
        return new Publication(service, instance, publisher, when, Standing.GONE);
    }

    /** Where it is: one session publishes one address of a service once. */
    public record Slot(String session, ServiceId service, InstanceKey key) {}

    /** Where it is. */
    public Slot slot() {
        return new Slot(publisher.session(), service, instance.key());
    }
}
