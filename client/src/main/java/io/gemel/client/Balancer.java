package io.gemel.client;

import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Chooses, call by call, which instance of a service to use, and leaves alone for a while those that fail. Thread-safe; made by
 * {@link NamingService#balancer(String, Strategy)}, one for each service that is called.
 *
 * <p>It is subscribed to the service and chooses from the newest state that the client knows, without asking a server, also while no server can be
 * reached. Choosing does not wait and takes no lock, except when instances have changed.
 *
 * <p><b>Outlier ejection.</b> Who tells it how calls went ({@link #succeeded(Instance)}, {@link #failed}) has it eject instances that fail, as
 * {@link OutlierEjection} says. Who tells it nothing, and does not have it {@linkplain Probing probe}, has it eject nothing.
 *
 * <pre>{@code
 * Instance instance = orders.next().orElseThrow();
 * try {
 *     call(instance);
 *     orders.succeeded(instance);
 * } catch (IOException e) {
 *     orders.failed(instance);
 * }
 * }</pre>
 */
public interface Balancer extends AutoCloseable {
    /** The service whose instances it chooses from. */
    ServiceId service();

    /**
     * The instance to use next; empty if none is wanted by {@link BalancerOptions#selection}.
     *
     * @throws IllegalStateException with {@link Strategy#CONSISTENT_HASH}, which needs a key
     */
    Optional<Instance> next();

    /** As {@link #next()}, for a call about {@code key}: a customer, a session, a cache entry. Only {@link Strategy#CONSISTENT_HASH} looks at it. */
    Optional<Instance> next(String key);

    /** A call of {@code instance} went well. */
    void succeeded(Instance instance);

    /** A call of {@code instance} went well and took this long; if that was {@linkplain OutlierEjection#slowAfter too long}, it {@link #failed}. */
    void succeeded(Instance instance, Duration took);

    /** A call of {@code instance} failed, in a way that the instance has to answer for: no connection, no answer, an error of its own. */
    void failed(Instance instance);

    /** The instances that are left alone now. */
    Set<InstanceKey> ejected();

    /** Ends its subscription and its probes; it goes on choosing from what it saw last. Idempotent. */
    @Override
    void close();
}
