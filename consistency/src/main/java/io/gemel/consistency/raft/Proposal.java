package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import io.gemel.naming.RegistryException;
import java.util.List;

/** The leader's side of one proposed entry: told what was decided of each command once that is visible, or why nothing was. */
final class Proposal implements Closure {
    private final List<Call<Decided>> calls;
    private final Runnable agreed;
    private final Runnable notTaken;

    /**
     * A new one.
     *
     * @param calls ended in the order of the entry's commands
     * @param agreed runs at least once, first when the entry is committed or given up
     * @param notTaken runs instead of ending the calls if the leader took nothing into its log, and may take it later
     */
    Proposal(List<Call<Decided>> calls, Runnable agreed, Runnable notTaken) {
        this.calls = calls;
        this.agreed = agreed;
        this.notTaken = notTaken;
    }

    /** The entry is in the log of a majority. */
    void committed() {
        agreed.run();
    }

    /** What the entry's command at {@code position} did, or met instead of its precondition, is visible to reads of this node. */
    void published(int position, Decided decided) {
        calls.get(position).complete(decided);
    }

    /** JRaft says here that it gave the entry up; only while it hands leadership over or has a full queue is it certain that no member will ever apply it. */
    @Override
    public void run(Status status) {
        if (status.isOk()) {
            return;
        }
        if (status.getRaftError() == RaftError.EBUSY) {
            notTaken.run();
            agreed.run();
        } else {
            fail(new RegistryException(
                    RegistryException.Code.UNKNOWN_OUTCOME,
                    "leadership was lost while the write was under way: " + status.getErrorMsg()));
        }
    }

    void fail(RegistryException failure) {
        calls.forEach(call -> call.fail(failure));
        agreed.run();
    }
}
