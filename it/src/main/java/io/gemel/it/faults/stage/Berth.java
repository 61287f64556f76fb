package io.gemel.it.faults.stage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How one server is started: on its host, with a command line of its own, which tells what this server was told of the cluster. Thread-safe. */
final class Berth {
    private final String id;
    private final Path dir;
    private final Wiring wiring;
    private final Programs programs;
    private final Launcher launcher;

    /** By id, where the members are according to its command line; empty for a guest. */
    private final Map<String, String> members = new LinkedHashMap<>();

    /** Client addresses to join at; empty for a founder. */
    private final List<String> join = new ArrayList<>();

    /**
     * A berth that is told nothing yet.
     *
     * @param dir of the server's own
     */
    Berth(String id, Path dir, Wiring wiring, Programs programs, Launcher launcher) {
        this.id = id;
        this.dir = dir;
        this.wiring = wiring;
        this.programs = programs;
        this.launcher = launcher;
    }

    /** It founds the cluster with all of {@code founders}, itself among them. */
    synchronized Berth founds(List<String> founders) {
        founders.forEach(founder -> members.put(founder, wiring.member(founder)));
        return this;
    }

    /** It joins the cluster of {@code others}. */
    synchronized Berth joins(List<String> others) {
        others.forEach(other ->
                join.add(wiring.memberHost(other) + ":" + wiring.ports(other).client()));
        return this;
    }

    /** host:port of its client door, as this process reaches it. */
    String clientAddress() {
        return wiring.address(id) + ":" + wiring.ports(id).client();
    }

    /** Other ports from now on. The others are not told. */
    synchronized void move() {
        wiring.move(id);
        members.computeIfPresent(id, (own, before) -> wiring.member(own));
    }

    /** Its command line says where the members are now. */
    synchronized void renew() {
        members.replaceAll((member, before) -> wiring.member(member));
    }

    /** Starts {@code server} here. */
    Process start(ServerNode server) {
        Programs.Place place =
                new Programs.Place(id, dir, wiring.address(id), told(), wiring.prefix(id), wiring.jvmOptions(id));
        return launcher.start(place.prefix(), programs.server(place, server));
    }

    private synchronized Map<String, String> told() {
        if (join.isEmpty()) {
            return Map.of("members", String.join(",", members.values()));
        }
        Wiring.Ports ports = wiring.ports(id);
        return Map.of(
                "join", String.join(",", join),
                "host", wiring.memberHost(id),
                "client-port", Integer.toString(ports.client()),
                "server-port", Integer.toString(ports.server()),
                "raft-port", Integer.toString(ports.raft()));
    }
}
