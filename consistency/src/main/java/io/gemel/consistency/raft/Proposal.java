package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Written;

/** The leader's side of one proposed command: acknowledged when published, or told why not. */
final class Proposal implements Closure {
    private final Call<Written> call;

    Proposal(Call<Written> call) {
        this.call = call;
    }

    /** The command is committed at {@code index}, applied, and visible to reads of this node. */
    void published(long index) {
        call.complete(new Written(index));
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
