package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.Link;
import io.gemel.it.faults.stage.Network;
import io.gemel.it.faults.stage.Stage;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Does something to the links of the network, and restores them.
 *
 * @param claim which property of links it sets: only one fault at a time can
 * @param links which ones; asked when the fault comes
 * @param harm sets the property of these links; of none: restores all
 */
record LinkFault(String claim, Function<Stage, Set<Link>> links, BiConsumer<Network, Set<Link>> harm)
        implements Exclusive {
    /** The claim of what cuts links. */
    static final String CUTS = "cuts";

    /** An aim of cutting these links. */
    static Aim cut(Set<Link> links) {
        return new Aim(Cuts.words(links), new LinkFault(CUTS, stage -> Cuts.withGuests(links, stage), Network::cut));
    }

    /** An aim of cutting off whoever leads then from all other servers. */
    static Aim isolateLeader() {
        return new Aim(
                "leader",
                new LinkFault(
                        CUTS,
                        stage -> Cuts.between(List.of(Aimed.leaderOf(stage).id()), Cuts.everyone(stage)),
                        Network::cut));
    }

    @Override
    public String inject(Stage stage) {
        Set<Link> met = links.apply(stage);
        harm.accept(stage.network(), met);
        return Cuts.words(met);
    }

    @Override
    public void heal(Stage stage) {
        harm.accept(stage.network(), Set.of());
    }
}
