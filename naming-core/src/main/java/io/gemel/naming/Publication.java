package io.gemel.naming;

import java.util.Map;

/**
 * An ephemeral instance in the name of a session.
 *
 * @param slot where it is
 * @param publisher whose it is: the session of the slot, in one of its epochs
 * @param stamp its {@link LamportClock} number: of several publications of one address the highest is shown
 * @param standing what has become of it
 */
public record Publication(Slot slot, Instance instance, Publisher publisher, long stamp, Standing standing) {
    /** What has become of a publication. */
    public enum Standing {
        /** Its session holds it. */
        LISTED,
        /** Its session was lost together with many others; it is shown as suspect where nothing else is listed at its address. */
        SUSPECT,
        /** It was taken back, and what is suspect at its address with a lower stamp with it: nothing of that is shown. */
        GONE
    }

    /** Of {@code service}, in the slot that follows from the others. */
    public Publication(ServiceId service, Instance instance, Publisher publisher, long stamp, Standing standing) {
        this(new Slot(publisher.session(), service, instance.key()), instance, publisher, stamp, standing);
    }

    /** One that its session holds. */
    public Publication(ServiceId service, Instance instance, Publisher publisher, long stamp) {
        this(service, instance, publisher, stamp, Standing.LISTED);
    }

    /** It has become something else. */
    public Publication as(Standing other) {
        return new Publication(slot, instance, publisher, stamp, other);
    }

    /** It is gone, and was when the clock said {@code when}. What nobody is shown any more says nothing of itself. */
    public Publication goneAt(long when) {
        return new Publication(slot, instance.withMetadata(Map.of()), publisher, when, Standing.GONE);
    }

    /** Of which service it is. */
    public ServiceId service() {
        return slot.service();
    }

    /** One session publishes one address of a service once. */
    public record Slot(String session, ServiceId service, InstanceKey key) {
        /** Written out, what differs most first: many slots of a session or of a service are compared. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Slot that
                    && key.equals(that.key)
                    && service.equals(that.service)
                    && session.equals(that.session);
        }

        @Override
        public int hashCode() {
            return (key.hashCode() * 31 + service.hashCode()) * 31 + session.hashCode();
        }
    }
}
