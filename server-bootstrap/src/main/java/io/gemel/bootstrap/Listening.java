package io.gemel.bootstrap;

import io.gemel.naming.Member;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where a node listened last. Kept, so that it can be started again with nothing but its data directory.
 *
 * @param host the address that others are told
 * @param bind the address it listens at, if that is another
 * @param httpPort empty if it served no HTTP, or a version of Gemel wrote this that did not note it
 */
record Listening(
        String host, Optional<String> bind, int clientPort, int serverPort, int raftPort, OptionalInt httpPort) {
    static Listening of(ServerConfig config) {
        Member self = config.self();
        return new Listening(
                self.host(),
                Optional.of(config.bind()).filter(bind -> !bind.equals(self.host())),
                self.clientPort(),
                self.serverPort(),
                self.raftPort(),
                config.httpPort());
    }

    /**
     * By setting name, what it stands in for where {@code settings} say nothing: nothing of what follows from something that they do
     * say.
     */
    Map<String, String> fallbacks(Settings settings) {
        Map<String, String> texts = new HashMap<>();
        if (settings.isGiven(Setting.MEMBERS)) {
            return texts;
        }
        if (!settings.isGiven(Setting.BASE_PORT)) {
            texts.put(Setting.CLIENT_PORT.name(), Integer.toString(clientPort));
            texts.put(Setting.SERVER_PORT.name(), Integer.toString(serverPort));
            texts.put(Setting.RAFT_PORT.name(), Integer.toString(raftPort));
            if (!settings.isGiven(Setting.CLIENT_PORT)) {
                httpPort.ifPresent(port -> texts.put(Setting.HTTP_PORT.name(), Integer.toString(port)));
            }
        }
        if (!settings.isGiven(Setting.BIND)) {
            texts.put(Setting.HOST.name(), host);
        }
        bind.ifPresent(address -> texts.put(Setting.BIND.name(), address));
        return texts;
    }
}
