package io.gemel.bootstrap.cli;

import io.gemel.naming.Member;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Puts one node in the place of another. */
@Command(
        name = "replace",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Adds a node, waits until it votes, then removes another one for good. Safe to repeat: what is done is not done again.",
            "The new node may be started before or after this, with 'gemel server --join'."
        },
        footer = {
            "",
            "Examples:",
            "  gemel cluster replace s3 s4=10.0.0.4:8848",
            "  gemel server --node-id=s4 --host=10.0.0.4 --join=10.0.0.1:9848,10.0.0.2:9848"
        })
final class ClusterReplaceCommand implements Callable<Integer> {
    @Mixin
    private final Operator operator = new Operator(120);

    @Parameters(index = "0", paramLabel = "OLD", description = "The node that goes.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String old;

    @Parameters(
            index = "1",
            paramLabel = "NEW=HOST:PORT",
            converter = MemberText.Converter.class,
            description = "The node that comes, and where it listens.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Member node;

    @Override
    public Integer call() {
        operator.begin();
        if (node.id().equals(old)) {
            throw operator.usage("NEW: '%s' (expected: another id than that of the node that goes)".formatted(old));
        }
        if (operator.list().members().find(old).isEmpty()) {
            throw new RegistryException(
                    Code.BAD_REQUEST, "OLD: '%s' is not a member (see gemel cluster list)".formatted(old));
        }
        Addition addition = new Addition(operator, node);
        if (addition.carryOut().isEmpty()) {
            return addition.notYet();
        }
        operator.err().println(node.id() + " votes; removes " + old);
        operator.err().flush();
        return ClusterRemoveCommand.remove(operator, old);
    }
}
