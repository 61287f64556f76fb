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

    /** {@code calls} are ended in the order of the entry's commands; {@code agreed} runs at least once, first when the entry is committed or given up. */
    Proposal(List<Call<Decided>> calls, Runnable agreed) {
        this.calls = calls;
        this.agreed = agreed;
    }

    /** The entry is in the log of a majority. */
    void committed() {
        agreed.run();
    }

    /** What the entry's command at {@code position} did, or met instead of its precondition, is visible to reads of this node. */
    void published(int position, Decided decided) {
        calls.get(position).complete(decided);
    }

    /** JRaft says here that it gave the entry up; only for a full queue is it certain that no member will ever apply it. */
    @Override
    public void run(Status status) {
        if (status.isOk()) {
            return;
        }
        if (status.getRaftError() == RaftError.EBUSY) {
            fail(new RegistryException(
                    RegistryException.Code.OVERLOADED,
                    "the raft log takes no more writes now: " + status.getErrorMsg()));
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
