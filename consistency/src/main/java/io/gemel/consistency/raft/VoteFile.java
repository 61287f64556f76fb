package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.EnumOutter.ErrorType;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest term this member knows, and whom it voted for in it, on disk before anybody is told.
 *
 * <p>In place of JRaft's own file, which has no checksum: one flipped bit there is another term or another vote, and a
 * second vote in one term can elect a second leader. A value that cannot be saved stops the node, and nothing is saved after
 * it: JRaft goes on with what it could not save until it is stopped. Written under JRaft's lock; what was written may be read
 * by any thread.
 */
final class VoteFile implements RaftMetaStorage {
    private static final Logger LOG = LoggerFactory.getLogger(VoteFile.class);
    private static final String NOBODY = "-";

    private final CheckedLine line;
    private volatile Vote vote = new Vote(0, PeerId.emptyPeer());
    private @Nullable NodeImpl node;
    private boolean broken;

    /** The newest term, and whom this member voted for in it, if for anybody. */
    record Vote(long term, PeerId votedFor) {
        boolean given() {
            return !votedFor.isEmpty();
        }
    }

    private VoteFile(CheckedLine line) {
        this.line = line;
    }

    /** Reads {@code file}, if there is one; throws {@link IOException} if it is damaged. */
    static VoteFile open(Path file) throws IOException {
        VoteFile vote = new VoteFile(new CheckedLine(file));
        Optional<List<String>> words = vote.line.read();
        if (words.isPresent()) {
            vote.vote = new Vote(
                    Long.parseLong(words.get().get(0)), peer(words.get().get(1)));
        }
        return vote;
    }

    /** The newest term; 0 if this member never took part in an election. */
    @Override
    public long getTerm() {
        return vote.term();
    }

    /** What is known. */
    Vote vote() {
        return vote;
    }

    @Override
    public boolean init(RaftMetaStorageOptions options) {
        node = options.getNode();
        return true;
    }

    @Override
    public boolean setTerm(long newTerm) {
        return setTermAndVotedFor(newTerm, vote.votedFor());
    }

    @Override
    public PeerId getVotedFor() {
        return vote.votedFor();
    }

    @Override
    public boolean setVotedFor(PeerId peer) {
        return setTermAndVotedFor(vote.term(), peer);
    }

    @Override
    public boolean setTermAndVotedFor(long newTerm, PeerId peer) {
        if (broken) {
            return false;
        }
        try {
            line.write(List.of(Long.toString(newTerm), peer.isEmpty() ? NOBODY : peer.toString()));
        } catch (IOException e) {
            broken = true;
            LOG.error("the vote cannot be saved file={} term={} vote={}", line.file(), newTerm, peer, e);
            NodeImpl voter = node;
            if (voter != null) {
                voter.onError(new RaftException(
                        ErrorType.ERROR_TYPE_META, RaftError.EIO, "cannot save the vote to %s", line.file()));
            }
            return false;
        }
        vote = new Vote(newTerm, peer.copy());
        return true;
    }

    @Override
    public void shutdown() {
        // What is known is on disk.
    }

    private static PeerId peer(String word) throws IOException {
        PeerId peer = new PeerId();
        if (!word.equals(NOBODY) && !peer.parse(word)) {
            throw new IOException("'" + word + "' names no member");
        }
        return peer;
    }
}
