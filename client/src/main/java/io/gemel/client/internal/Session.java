package io.gemel.client.internal;

import io.gemel.naming.Change;
import io.gemel.naming.Invariant;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServicePattern;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Ticker;
import io.gemel.naming.ViewDelta;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.NamesCodec;
import io.gemel.transport.grpc.Refusals;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.Open;
import io.gemel.transport.grpc.v1.Opened;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's session, wherever it is: attached to one server at a time, or on its way to the next. Confined to the client's loop.
 *
 * <p>Operations are wishes for a state, so sending one twice does no harm. Those under way when a connection is lost are sent
 * again as part of the replay and complete with it, not before: only then have the servers forgotten what earlier epochs
 * of the session left behind.
 */
final class Session implements Connection.Events, Attachment.Owner {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final ClientLoop loop;
    private final ClientSettings settings;
    private final ServerList servers;
    private final Channels channels;
    private final Watches watches;
    private final Operations operations;
    private final Attachment.Wishes wishes;
    private final BackOff backOff;
    private final Set<String> refusing = new HashSet<>();
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private @Nullable Attachment attachment;
    private @Nullable Opened identity;
    private ClientLoop.@Nullable Timer nextAttempt;
    private boolean closing;
    private volatile Optional<String> server = Optional.empty();

    Session(
            ClientLoop loop,
            Ticker ticker,
            ClientSettings settings,
            ServerList servers,
            Channels channels,
            Watches watches,
            BackOff backOff) {
        this.loop = loop;
        this.settings = settings;
        this.servers = servers;
        this.channels = channels;
        this.watches = watches;
        this.operations = new Operations(loop, ticker, settings.requestTimeout(), servers);
        this.wishes = new Attachment.Wishes(new Holdings(), operations, watches, new NameWatches());
        this.backOff = backOff;
    }

    /** Done when the session was live for the first time. */
    CompletableFuture<Void> opened() {
        return opened;
    }

    /** host:port of the server that has the session; empty while it is on its way. Any thread. */
    Optional<String> server() {
        return server;
    }

    void start() {
        attach(servers.next());
    }

    /** Asks for {@code change} by {@code request}, once the session is live. */
    CompletableFuture<Written> submit(Change change, ClientMessage.Builder request) {
        if (closing) {
            return CompletableFuture.failedFuture(RegistryClient.closed());
        }
        CompletableFuture<Written> result = operations.add(change, request);
        sendMore();
        return result;
    }

    void watch(ServiceId service, Subscriber subscriber) {
        watches.add(service, subscriber);
        sendMore();
    }

    void unwatch(ServiceId service, Subscriber subscriber) {
        watches.remove(service, subscriber);
        sendMore();
    }

    void watch(ServicePattern pattern, NameSubscriber subscriber) {
        wishes.names().add(pattern, subscriber);
        sendMore();
    }

    void unwatch(ServicePattern pattern, NameSubscriber subscriber) {
        wishes.names().remove(pattern, subscriber);
        sendMore();
    }

    /** Says goodbye, if there is someone to say it to. The result is done once the server has answered. */
    CompletableFuture<Void> close() {
        if (!closing) {
            closing = true;
            operations.failAll(RegistryClient.closed());
            if (attachment == null) {
                abandon();
            } else {
                attachment.close(this::abandon);
            }
        }
        return closed;
    }

    /** Lets go of everything, without a word to the server. */
    void abandon() {
        closing = true;
        server = Optional.empty();
        if (nextAttempt != null) {
            nextAttempt.cancel();
        }
        if (attachment != null) {
            attachment.end();
            attachment = null;
        }
        operations.failAll(RegistryClient.closed());
        watches.endAll();
        wishes.names().endAll();
        opened.completeExceptionally(RegistryClient.closed());
        closed.complete(null);
    }

    // --- what the server says of its own accord ----------------------------------------------------------------

    @Override
    public void view(ServiceView view) {
        watches.told(view);
    }

    @Override
    public void delta(ViewDelta delta) {
        if (!watches.told(delta)) {
            log.warn(
                    "view out of step, asked for anew service={} revision={} server={}",
                    delta.service(),
                    delta.revision(),
                    current().address());
            sendMore();
        }
    }

    @Override
    public void names(NamesCodec.Part part) {
        if (!wishes.names().told(part)) {
            log.warn(
                    "names out of step, asked for anew pattern={} server={}",
                    part.change().pattern(),
                    current().address());
            sendMore();
        }
    }

    @Override
    public void members(List<String> addresses) {
        servers.members(addresses, current().address());
    }

    @Override
    public void draining() {
        if (closing) {
            return; // it answers the goodbye first
        }
        RegistryException why = new RegistryException(Code.SHUTTING_DOWN, "the server is stopping");
        if (current().live()) {
            log.info("server is stopping server={}", current().address());
            servers.failed(current().address(), Failures.text(why));
            Attachment leaving = current();
            nextAttempt = loop.after(backOff.spread(window()), () -> moveOnFrom(leaving));
        } else {
            lost(why);
        }
    }

    /** Its server waits for a while, and all its clients are to go: not at once. */
    private void moveOnFrom(Attachment leaving) {
        if (!closing && attachment == leaving) {
            leave();
            attach(servers.next());
        }
    }

    @Override
    public void lost(RegistryException why) {
        if (closing) {
            abandon();
        } else {
            failed(why);
        }
    }

    // --- how the attachment fares ------------------------------------------------------------------------------

    @Override
    public void opened(Opened granted) {
        identity = granted;
    }

    @Override
    public void openRefused(RegistryException why) {
        if (identity != null && (why.code() == Code.UNKNOWN_SESSION || why.code() == Code.BAD_REQUEST)) {
            log.warn("session expired, opening a new one cause={}", why.getMessage());
            identity = null;
        }
        failed(why);
    }

    @Override
    public void live() {
        String address = current().address();
        backOff.live();
        servers.answered(address);
        server = Optional.of(address);
        Opened granted = identity;
        log.info(
                "session live server={} session={} resumed={}",
                address,
                granted == null ? "" : granted.getSessionId(),
                granted != null && granted.getResumed());
        opened.complete(null);
    }

    @Override
    public void failed(RegistryException why) {
        if (closing) {
            return; // what was asked for before the goodbye, which is still to be answered
        }
        Attachment current = current();
        servers.failed(current.address(), Failures.text(why));
        if (current.live()) {
            log.warn("session lost server={} cause={}", current.address(), Failures.text(why));
        } else {
            log.debug("no session server={} cause={}", current.address(), Failures.text(why));
        }
        leave();
        giveUpIfNobodyListens(current.address(), why);
        nextAttempt = loop.after(backOff.next(servers.size()), () -> attach(servers.next()));
    }

    /** What is not there to begin with need not be waited for; a server that was lost always is. */
    private void giveUpIfNobodyListens(String address, RegistryException why) {
        if (settings.awaitServer() || opened.isDone()) {
            return;
        }
        if (!Refusals.neverConnected(why)) {
            refusing.remove(address);
        } else if (refusing.add(address) && refusing.size() == servers.size()) {
            opened.completeExceptionally(
                    new RegistryException(Code.UNAVAILABLE, "nobody listens: " + servers.failures()));
        }
    }

    private void attach(String address) {
        Invariant.check(attachment == null, "a session has one connection at a time, not also %s", address);
        Connection connection = Connection.start(address, channels.channel(address), loop, settings.keepAlive(), this);
        attachment = new Attachment(connection, loop, wishes, this);
        Open.Builder open = Open.newBuilder().setClient(settings.clientName()).setBatches(true);
        if (identity != null) {
            open.setSessionId(identity.getSessionId())
                    .setToken(identity.getToken())
                    .setEpoch(identity.getEpoch());
        }
        Duration patience = backOff.patience(settings.attemptTimeout(), servers.size());
        attachment.open(open.build(), patience, settings.requestTimeout());
    }

    private void leave() {
        Attachment current = current();
        if (current.live()) {
            backOff.lost(window());
        }
        server = Optional.empty();
        attachment = null;
        current.end();
        channels.discard(current.address());
    }

    private Duration window() {
        return Duration.ofMillis(identity == null ? 0 : Math.max(0, identity.getResumeWindowMs()));
    }

    private void sendMore() {
        if (attachment != null) {
            attachment.sendMore();
        }
    }

    private Attachment current() {
        Attachment current = attachment;
        if (current == null) {
            throw new AssertionError("told something by a connection that was left");
        }
        return current;
    }
}
