package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node answers once every part is there, and says what it waits for. */
final class ReadinessTest {
    private final Readiness readiness = new Readiness("raft", "distro");
    private final List<String> ran = new ArrayList<>();

    @Test
    void aNodeIsReadyOnceEveryPartIs() {
        assertThat(readiness.ready()).isFalse();
        readiness.clear("raft");
        assertThat(readiness.ready()).isFalse();
        readiness.clear("distro");
        assertThat(readiness.ready()).isTrue();
        assertThat(readiness.reason()).isEmpty();
        assertThatCode(readiness::require).doesNotThrowAnyException();
    }

    @Test
    void aRefusalSaysWhatTheNodeWaitsFor() {
        readiness.block("raft", "waits for a leader");
        assertThatThrownBy(readiness::require)
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(RegistryException.Code.NOT_READY))
                .hasMessage("this server is not ready: distro: starting; raft: waits for a leader");
    }

    @Test
    void aRestrictedPartDoesNotBlockButIsSaid() {
        readiness.clear("distro");
        readiness.restrict("raft", "no leader; reads may be stale");
        assertThat(readiness.ready()).isTrue();
        assertThat(readiness.reason()).isEqualTo("raft: no leader; reads may be stale");
        readiness.clear("raft");
        assertThat(readiness.reason()).isEmpty();
    }

    @Test
    void whatWaitsForReadinessRunsOnce() {
        readiness.whenReady(() -> ran.add("waited"));
        readiness.clear("raft");
        assertThat(ran).isEmpty();
        readiness.clear("distro");
        readiness.block("raft", "again");
        readiness.clear("raft");
        assertThat(ran).containsExactly("waited");

        readiness.whenReady(() -> ran.add("at once"));
        assertThat(ran).containsExactly("waited", "at once");
    }

    @Test
    void aPartMayBlockAgain() {
        readiness.clear("raft");
        readiness.clear("distro");
        readiness.block("raft", "the disk is full");
        assertThat(readiness.ready()).isFalse();
        assertThat(readiness.reason()).isEqualTo("raft: the disk is full");
    }

    @Test
    void aPartCanBeTheLastOne() {
        assertThat(readiness.blockedBesides("distro")).isTrue();

        readiness.clear("raft");
        assertThat(readiness.blockedBesides("distro")).isFalse();
        assertThat(readiness.blockedBesides("raft")).isTrue();
    }
}
