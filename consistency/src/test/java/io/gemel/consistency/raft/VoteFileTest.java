package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.entity.PeerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VoteFileTest {
    @TempDir
    Path directory;

    @Test
    void termAndVoteComeBack() throws IOException {
        Path file = directory.resolve("vote");
        VoteFile vote = VoteFile.open(file);
        assertThat(vote.getTerm()).isZero();
        assertThat(vote.getVotedFor().isEmpty()).isTrue();

        assertThat(vote.setTermAndVotedFor(3, new PeerId("s2", 1))).isTrue();
        assertThat(VoteFile.open(file).getTerm()).isEqualTo(3);
        assertThat(VoteFile.open(file).getVotedFor()).isEqualTo(new PeerId("s2", 1));

        assertThat(vote.setTermAndVotedFor(4, PeerId.emptyPeer())).isTrue();
        assertThat(VoteFile.open(file).getVotedFor().isEmpty()).isTrue();
        assertThat(vote.setVotedFor(new PeerId("s3", 1))).isTrue();
        assertThat(VoteFile.open(file).getTerm()).isEqualTo(4);
    }

    @Test
    void anyFlippedBitIsFound() throws IOException {
        Path file = directory.resolve("vote");
        assertThat(VoteFile.open(file).setTermAndVotedFor(3, new PeerId("s2", 1)))
                .isTrue();
        byte[] good = Files.readAllBytes(file);
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bad);
            assertThatThrownBy(() -> VoteFile.open(file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    /** JRaft goes on after a term that it could not save; a vote saved then would be kept for the wrong term. */
    @Test
    void afterOneFailureNothingIsSaved() throws IOException {
        Path file = directory.resolve("vote");
        VoteFile vote = VoteFile.open(file);
        assertThat(vote.setTermAndVotedFor(3, PeerId.emptyPeer())).isTrue();
        Path inTheWay = Files.createDirectory(directory.resolve("vote.new"));
        assertThat(vote.setTermAndVotedFor(4, PeerId.emptyPeer())).isFalse();
        Files.delete(inTheWay);

        assertThat(vote.setVotedFor(new PeerId("s2", 1))).isFalse();
        assertThat(VoteFile.open(file).getTerm()).isEqualTo(3);
        assertThat(VoteFile.open(file).getVotedFor().isEmpty()).isTrue();
    }
}
