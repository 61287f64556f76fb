package io.gemel.naming;

/**
 * An ephemeral instance in the name of a session.
 *
 * @param stamp its {@link LamportClock} number: of several publications of one address the highest is shown
 */
public record Publication(ServiceId service, Instance instance, Publisher publisher, long stamp) {
    /** Where it is: one session publishes one address of a service once. */
    public record Slot(String session, ServiceId service, InstanceKey key) {}

    /** Where it is. */
    public Slot slot() {
        return new Slot(publisher.session(), service, instance.key());
    }
}
