package io.gemel.it.faults.stage;

/** One direction between two hosts: node ids (s1), or names of client hosts (c1). */
public record Link(String from, String to) {
    @Override
    public String toString() {
        return from + ">" + to;
    }
}
