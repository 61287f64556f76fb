package io.gemel.consistency.distro;

import io.gemel.consistency.wire.Changes;

/**
 * How far this node's origin has been sent to one peer over the present link.
 *
 * <p>One message of changes is under way at a time. On an idle node it leaves at once; under load the next one carries all that
 * changed while the peer was busy with the last, so the cost per change falls as the rate grows.
 */
final class PeerCursor {
    private long sent;
    private boolean underWay;
    private boolean snapshot;
    private long snapshotFrom;
    private boolean begun;

    private PeerCursor(long sent, boolean snapshot, long snapshotFrom) {
        this.sent = sent;
        this.snapshot = snapshot;
        this.snapshotFrom = snapshotFrom;
    }

    static PeerCursor at(long position) {
        return new PeerCursor(position, false, 0);
    }

    static PeerCursor snapshotOf(OriginLog log) {
        return new PeerCursor(0, true, log.sequence());
    }

    /** Whether the peer lacks something. */
    boolean behind(OriginLog log) {
        return snapshot || sent < log.sequence();
    }

    /** Whether the peer is sent everything. */
    boolean inSnapshot() {
        return snapshot;
    }

    /** Whether the peer has yet to acknowledge the last changes that were sent. */
    boolean underWay() {
        return underWay;
    }

    /** The peer has applied all up to {@code position}. */
    void applied(long position) {
        underWay &= position != sent;
    }

    /** The next message. A peer that fell behind what the log remembers starts over with a snapshot. */
    Changes next(OriginLog log, int entriesMax) {
        if (!snapshot && !log.remembers(sent)) {
            restart(log);
        }
        Changes.Builder changes = log.after(sent, entriesMax);
        if (snapshot) {
            changes.setSnapshotBegin(!begun);
            begun = true;
            if (changes.getLast() == log.sequence()) {
                endSnapshot(log, changes);
            }
        }
        sent = changes.getLast();
        underWay = true;
        return changes.build();
    }

    /** A key sent early and removed since, whose removal is forgotten, would stay with the peer: then start over. */
    private void endSnapshot(OriginLog log, Changes.Builder changes) {
        if (log.remembers(snapshotFrom)) {
            changes.setSnapshotEnd(true);
            snapshot = false;
        } else {
            restart(log);
            changes.clearChange().setLast(0);
        }
    }

    private void restart(OriginLog log) {
        sent = 0;
        snapshot = true;
        snapshotFrom = log.sequence();
        begun = false;
    }
}
