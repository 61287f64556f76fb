package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.error.RaftError;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.consistency.wire.RestoreStep;
import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.ManualTicker;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProposalsTest {
    private static final ServiceId DB = ServiceId.of("db");

    private final Leadership leadership = new Leadership("s1");
    private final List<Task> log = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final Proposals proposals = new Proposals(leadership, new ManualTicker(), this::node);

    @BeforeEach
    void lead() {
        leadership.lead(1);
    }

    @Test
    void whatComesWhileAnEntryIsUnderWaySharesTheNext() throws Exception {
        for (int port = 1; port <= 5; port++) {
            add(port, 1);
        }
        assertThat(log).hasSize(1);
        agreed(0);
        assertThat(commands(1)).hasSize(4);
    }

    @Test
    void commandsThatWriteOneInstanceNeverShareAnEntryAndKeepTheirOrder() throws Exception {
        add(1, 1);
        add(3, 1);
        add(4, 1);
        add(3, 2);
        add(5, 1);
        agreed(0);
        agreed(1);
        assertThat(commands(1)).hasSize(2);
        assertThat(commands(2)).hasSize(2);
        assertThat(commands(2).get(0).getPuts(0).getWeight()).isEqualTo(2);
    }

    @Test
    void aCallThatIsOverIsNotProposedAnyMore() {
        add(1, 1);
        Call<Decided> late = add(3, 1);
        late.giveUp();
        agreed(0);
        assertThat(log).hasSize(1);
        assertThat(late.future()).failsWithin(Duration.ZERO).withThrowableThat().withMessageContaining("nobody leads");
    }

    @Test
    void aNodeThatLeadsNoLongerProposesNothing() {
        add(1, 1);
        add(3, 1);
        leadership.follow(2, "s2");
        agreed(0);
        assertThat(log).hasSize(1);
        assertThat(refused).containsExactly("10.0.0.1:3");
    }

    /** JRaft answers so to each write from when it has told the next leader to stand until that one leads, or did not come to it. */
    @Test
    void whatALeaderThatHandsOverDidNotTakeIsTriedAgainInsteadOfFailed() {
        Call<Decided> write = add(1, 1);
        add(3, 1);
        log.get(0).getDone().run(new Status(RaftError.EBUSY, "Is transferring leadership."));
        assertThat(refused).containsExactly("10.0.0.1:1");
        assertThat(write.done()).isFalse();
        assertThat(log).hasSize(2);
        write.giveUp();
        assertThat(write.future())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("nothing was done");
    }

    @Test
    void whatALeaderThatWasReplacedGaveUpMayStillBeDone() {
        Call<Decided> write = add(1, 1);
        log.get(0).getDone().run(new Status(RaftError.EPERM, "leader changed"));
        assertThat(refused).isEmpty();
        assertThat(write.future())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingRootCause()
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        failure -> assertThat(failure.code()).isEqualTo(RegistryException.Code.UNKNOWN_OUTCOME));
    }

    /** A step is a write of its own to the store, which is at the entry's index after it: what shared the entry would be skipped after a crash. */
    @Test
    void aStepOfARestorationIsAloneInItsEntry() throws Exception {
        add(1, 1);
        add(3, 1);
        ByteString step = RaftCommand.newBuilder()
                .setFormat(6)
                .setRestore(RestoreStep.getDefaultInstance())
                .build()
                .toByteString();
        proposals.add(new Call<>(0, RegistryException.Code.NO_LEADER, "nobody leads"), step, () -> {});
        add(4, 1);
        for (int entry = 0; entry < 3; entry++) {
            agreed(entry);
        }
        assertThat(commands(1)).hasSize(1).noneMatch(RaftCommand::hasRestore);
        assertThat(commands(2)).hasSize(1).allMatch(RaftCommand::hasRestore);
        assertThat(commands(3)).hasSize(1);
    }

    @Test
    void anEntryIsBounded() throws Exception {
        add(1, 1);
        Instance large = Instance.persistent("10.0.0.1", 3).withMetadata("a", "x".repeat(15_000));
        for (int i = 0; i < 20; i++) {
            add(new Instance(
                    Instance.persistent("10.0.0.1", 100 + i).key(),
                    1,
                    true,
                    true,
                    large.durability(),
                    large.metadata()));
        }
        agreed(0);
        agreed(1);
        assertThat(commands(1)).hasSize(17);
        assertThat(commands(2)).hasSize(3);
    }

    private Call<Decided> add(int port, double weight) {
        return add(Instance.persistent("10.0.0.1", port).withWeight(weight));
    }

    private Call<Decided> add(Instance instance) {
        Call<Decided> call = new Call<>(0, RegistryException.Code.NO_LEADER, "nobody leads");
        ByteString command = Commands.encode(new Change.Register(DB, List.of(instance), Publisher.NONE));
        proposals.add(call, command, () -> refused.add(instance.key().toString()));
        return call;
    }

    private void agreed(int entry) {
        ((Proposal) log.get(entry).getDone()).committed();
    }

    private List<RaftCommand> commands(int entry) throws InvalidProtocolBufferException {
        return Commands.apart(log.get(entry).getData());
    }

    private Node node() {
        return (Node) Proxy.newProxyInstance(
                Node.class.getClassLoader(), new Class<?>[] {Node.class}, (proxy, method, arguments) -> {
                    log.add((Task) arguments[0]);
                    return null;
                });
    }
}
