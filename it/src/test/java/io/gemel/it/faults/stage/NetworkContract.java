package io.gemel.it.faults.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What every network of a stage does, seen by processes that talk over it. Also a program, for the network that is to be had only
 * in a private namespace.
 */
final class NetworkContract {
    private final Wiring network;
    private final Host first;
    private final Host second;
    private final Host client;

    private NetworkContract(Wiring network, Launcher launcher) {
        this.network = network;
        network.addClient("c1");
        this.first = new Host("s1", network, launcher);
        this.second = new Host("s2", network, launcher);
        this.client = new Host("c1", network, launcher);
    }

    /** Runs it with the kind of network and a directory as arguments. */
    public static void main(String[] args) {
        check(args[0], Path.of(args[1]));
    }

    /** Makes a network of that kind and holds it to the contract. */
    static void check(String kind, Path dir) {
        try (Wiring network = Networks.make(kind, List.of("s1", "s2"), dir);
                Launcher launcher = new Launcher()) {
            assertThat(network.kind()).isEqualTo(kind);
            NetworkContract contract = new NetworkContract(network, launcher);
            contract.cutsOneDirection();
            contract.cutsTheOtherDirection();
            contract.cutsBeforeTheConnection();
            contract.slows();
            contract.resets();
            contract.aServerThatComesLaterHasLinksToo(launcher);
            contract.aServerThatMovesHasItsLinksStill(launcher);
            if (kind.equals("proxies")) {
                contract.delays();
                assertThatThrownBy(() -> network.lose(10, Set.of(new Link("s1", "s2"))))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("namespaces");
            } else {
                contract.losesWhatItCan();
                assertThatThrownBy(
                                () -> network.delay(Duration.ofMillis(10), Duration.ZERO, Set.of(new Link("s1", "s2"))))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("proxies");
            }
            contract.forgetsAllFaults();
        }
    }

    private void meet(String word) {
        first.dial("s2");
        first.say(word + "-hello");
        second.hears("heard " + word + "-hello");
        second.say(word + "-welcome");
        first.hears("heard " + word + "-welcome");
    }

    private void cutsOneDirection() {
        meet("one-way");
        network.cut(Set.of(new Link("s1", "s2")));
        first.say("lost");
        second.say("kept");
        first.hears("heard kept");
        second.hearsNothingOf("heard lost");
        network.cut(Set.of());
        second.hears("heard lost");
    }

    private void cutsTheOtherDirection() {
        meet("other-way");
        network.cut(Set.of(new Link("s2", "s1")));
        first.say("there");
        second.hears("heard there");
        second.say("back");
        first.hearsNothingOf("heard back");
        network.heal();
        first.hears("heard back");
    }

    /** Others go on, and nobody is told that nobody answers. */
    private void cutsBeforeTheConnection() {
        network.cut(Set.of(new Link("c1", "s2"), new Link("s2", "s1")));
        client.dial("s2");
        second.hearsNothingOf("heard from-client");
        client.hearsNothingOf("unreachable");
        network.cut(Set.of(new Link("s2", "c1")));
        client.hearsNothingOf("unreachable");
        network.heal();
        client.say("from-client");
        second.hears("heard from-client");
        second.say("to-client");
        client.hears("heard to-client");
    }

    private void slows() {
        meet("slow");
        network.slow(100_000, Set.of("s1"));
        long start = System.nanoTime();
        first.say("x".repeat(150_000));
        second.hears("heard 150000 letters");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
        network.slow(100_000, Set.of());
    }

    private void resets() {
        meet("reset");
        network.reset(Set.of(new Link("s2", "s1")));
        first.hears("closed");
        second.hears("closed");
        meet("after-reset");
    }

    private void aServerThatComesLaterHasLinksToo(Launcher launcher) {
        network.addServer("s3");
        losesWhatIsCut("late", new Host("s3", network, launcher));
    }

    private void aServerThatMovesHasItsLinksStill(Launcher launcher) {
        String before = network.member("s3");
        network.move("s3");
        assertThat(network.member("s3")).isNotEqualTo(before);
        losesWhatIsCut("moved", new Host("s3", network, launcher));
    }

    private void losesWhatIsCut(String word, Host third) {
        first.dial("s3");
        first.say(word + "-hello");
        third.hears("heard " + word + "-hello");
        network.cut(Set.of(new Link("s1", "s3")));
        first.say(word + "-lost");
        third.hearsNothingOf("heard " + word + "-lost");
        network.heal();
        third.hears("heard " + word + "-lost");
        third.end();
    }

    private void delays() {
        meet("late");
        network.delay(Duration.ofMillis(300), Duration.ofMillis(100), Set.of(new Link("s2", "s1")));
        long start = System.nanoTime();
        first.say("soon");
        second.hears("heard soon");
        second.say("later");
        first.hears("heard later");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(300));
    }

    private void losesWhatItCan() {
        if (!BridgeFilter.available()) {
            System.out.println("no packet filter");
            assertThatThrownBy(() -> network.lose(10, Set.of(new Link("s1", "s2"))))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("nftables");
            return;
        }
        meet("lossy");
        network.lose(100, Set.of(new Link("s1", "s2")));
        first.say("all-lost");
        second.hearsNothingOf("heard all-lost");
        network.lose(30, Set.of(new Link("s1", "s2")));
        second.hears("heard all-lost");
    }

    private void forgetsAllFaults() {
        network.cut(Set.of(new Link("s1", "s2"), new Link("s2", "s1")));
        network.slow(10, Set.of("s1", "s2"));
        network.heal();
        meet("healed");
    }
}
