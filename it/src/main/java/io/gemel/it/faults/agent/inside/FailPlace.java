package io.gemel.it.faults.agent.inside;

import java.util.List;

/**
 * A place in a server where it can be made to die: around every write to disk, acknowledgement, and message between its parts.
 *
 * @param name as people and schedules call it
 * @param type the class, from Gemel's root package on
 * @param method its method
 * @param after whether the process dies when the method has returned, and not as it is called
 */
public record FailPlace(String name, String type, String method, boolean after) {
    private static final String RAFT = "consistency.raft.";
    private static final String DISTRO = "consistency.distro.";
    private static final String NAMING = "naming.";
    private static final String DOOR = "transport.grpc.";

    /** Every place, in the order in which a write comes past them. */
    public static List<FailPlace> all() {
        return List.of(
                before("raft-propose", RAFT + "Proposals", "propose"),
                after("raft-proposed", RAFT + "Proposals", "propose"),
                before("raft-append", RAFT + "GuardedLog", "appendEntries"),
                after("raft-appended", RAFT + "GuardedLog", "appendEntries"),
                before("raft-mark", RAFT + "HighWaterMark", "write"),
                after("raft-marked", RAFT + "HighWaterMark", "write"),
                before("raft-apply", RAFT + "RaftState", "apply"),
                before("raft-store", RAFT + "StateStore$Batch", "commit"),
                after("raft-stored", RAFT + "StateStore$Batch", "commit"),
                before("raft-ack", RAFT + "Proposal", "published"),
                after("raft-acked", RAFT + "Proposal", "published"),
                before("raft-truncate-suffix", RAFT + "GuardedLog", "truncateSuffix"),
                after("raft-truncated-suffix", RAFT + "GuardedLog", "truncateSuffix"),
                before("raft-truncate-prefix", RAFT + "GuardedLog", "truncatePrefix"),
                after("raft-truncated-prefix", RAFT + "GuardedLog", "truncatePrefix"),
                before("snapshot-save", RAFT + "SnapshotFiles", "save"),
                after("snapshot-checkpoint", RAFT + "StateStore", "checkpoint"),
                after("snapshot-saved", RAFT + "SnapshotFiles", "save"),
                before("snapshot-load", RAFT + "RaftState", "replaceBy"),
                after("snapshot-linked", RAFT + "SnapshotFiles", "link"),
                after("snapshot-shown", RAFT + "RaftState", "showDifference"),
                after("snapshot-renamed", RAFT + "SnapshotFiles", "rename"),
                after("snapshot-loaded", RAFT + "RaftState", "replaceBy"),
                after("session-opened", DISTRO + "OwnOrigin", "open"),
                after("session-replayed", DISTRO + "OwnOrigin", "replayed"),
                after("session-closed", DISTRO + "OwnOrigin", "close"),
                after("distro-registered", DISTRO + "OwnOrigin", "register"),
                before("distro-send", DISTRO + "GrpcLinks", "send"),
                after("distro-sent", DISTRO + "GrpcLinks", "send"),
                before("distro-apply", DISTRO + "OriginCopy", "apply"),
                after("distro-applied", DISTRO + "OriginCopy", "apply"),
                before("distro-snapshot-begin", DISTRO + "OriginCopy", "beginSnapshot"),
                before("distro-snapshot-end", DISTRO + "OriginCopy", "endSnapshot"),
                after("distro-dropped", DISTRO + "OriginCopy", "drop"),
                before("index-publish", NAMING + "ServiceIndex", "publish"),
                after("index-published", NAMING + "ServiceIndex", "publish"),
                before("push", NAMING + "Subscriptions", "pushPending"),
                after("pushed", NAMING + "Subscriptions", "pushPending"),
                before("answer", DOOR + "Outbox", "answer"));
    }

    private static FailPlace before(String name, String type, String method) {
        return new FailPlace(name, type, method, false);
    }

    private static FailPlace after(String name, String type, String method) {
        return new FailPlace(name, type, method, true);
    }

    /** What makes {@code points} able to halt at every place. */
    static List<Weave> weaves(FailPointSwitch points) {
        return all().stream()
                .map(place -> Weave.into(place.type, place.method, points.at(place.name, place.after)))
                .toList();
    }
}
