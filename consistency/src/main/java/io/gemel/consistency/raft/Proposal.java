package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import io.gemel.naming.RegistryException;

/** The leader's side of one proposed command: told what was decided once that is visible, or why nothing was. */
final class Proposal implements Closure {
    private final Call<Decided> call;

    Proposal(Call<Decided> call) {
        this.call = call;
    }

    /** The command is committed, and what it did, or met instead of its precondition, is visible to reads of this node. */
    void published(Decided decided) {
        call.complete(decided);
    }

    /** JRaft says here that it gave the command up; only for a full queue is it certain that no member will ever apply it. */
    @Override
    public void run(Status status) {
        if (status.isOk()) {
            return;
        }
        if (status.getRaftError() == RaftError.EBUSY) {
            call.fail(new RegistryException(
                    RegistryException.Code.OVERLOADED,
                    "the raft log takes no more writes now: " + status.getErrorMsg()));
        } else {
            call.fail(new RegistryException(
                    RegistryException.Code.UNKNOWN_OUTCOME,
                    "leadership was lost while the write was under way: " + status.getErrorMsg()));
        }
    }
}
