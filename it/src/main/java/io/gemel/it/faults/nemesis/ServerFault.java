package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.util.List;
import java.util.function.Consumer;

/** Does something to servers, and undoes it on the same ones. */
final class ServerFault implements Injection {
    private final Aimed aimed;
    private final Consumer<ServerNode> harm;
    private final Consumer<ServerNode> undo;
    private List<ServerNode> met = List.of();

    ServerFault(Aimed aimed, Consumer<ServerNode> harm, Consumer<ServerNode> undo) {
        this.aimed = aimed;
        this.harm = harm;
        this.undo = undo;
    }

    /** An aim of killing with SIGKILL, and starting again. */
    static Aim kill(Aimed aimed) {
        return new Aim(aimed.words(), new ServerFault(aimed, ServerNode::kill, ServerNode::start));
    }

    /** An aim of stopping with SIGSTOP, and letting go on. */
    static Aim freeze(Aimed aimed) {
        return new Aim(aimed.words(), new ServerFault(aimed, ServerNode::freeze, ServerNode::thaw));
    }

    @Override
    public String inject(Stage stage) {
        met = aimed.servers(stage);
        met.forEach(harm);
        return Aimed.names(met);
    }

    @Override
    public void heal(Stage stage) {
        met.forEach(undo);
    }
}
