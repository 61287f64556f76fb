package io.gemel.naming;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** That one origin publishes an instance at an address. */
record Claim(OriginId origin, Publication publication) implements Claims {
    @Override
    public InstanceKey key() {
        return publication.slot().key();
    }

    @Override
    public List<Claim> all() {
        return List.of(this);
    }

    boolean isAt(OriginId otherOrigin, Publication.Slot slot) {
        return origin.equals(otherOrigin) && publication.slot().equals(slot);
    }

    boolean isListed() {
        return publication.standing() == Publication.Standing.LISTED;
    }

    boolean isSuspect() {
        return publication.standing() == Publication.Standing.SUSPECT;
    }

    Claim later(@Nullable Claim other) {
        return other == null || isLaterThan(other) ? this : other;
    }

    boolean isLaterThan(Claim other) {
        int order = Long.compare(publication.stamp(), other.publication.stamp());
        return order > 0 || (order == 0 && origin.compareTo(other.origin) > 0);
    }

    boolean supersedes(Publication suspect) {
        return switch (publication.standing()) {
            case LISTED -> !publication.publisher().equals(suspect.publisher());
            case GONE -> publication.stamp() > suspect.stamp();
            case SUSPECT -> false;
        };
    }

    Registration registration() {
        return new Registration(publication.instance(), 0, false, isSuspect());
    }
}
