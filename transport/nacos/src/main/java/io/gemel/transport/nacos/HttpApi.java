package io.gemel.transport.nacos;

import static com.linecorp.armeria.common.HttpMethod.DELETE;
import static com.linecorp.armeria.common.HttpMethod.GET;
import static com.linecorp.armeria.common.HttpMethod.PATCH;
import static com.linecorp.armeria.common.HttpMethod.POST;
import static com.linecorp.armeria.common.HttpMethod.PUT;

import com.linecorp.armeria.common.HttpMethod;
import io.gemel.naming.LeaseService;
import io.gemel.naming.Naming;
import io.gemel.naming.NodeStatus;
import io.gemel.transport.nacos.HttpRoutes.Handler;
import io.gemel.transport.nacos.HttpRoutes.Never;
import java.util.List;

/** Nacos's HTTP API, path by path. */
final class HttpApi {
    static final String LISTENER = "/v1/cs/configs/listener";

    private static final Handler NONE_OF_THESE = call -> HttpAnswer.now(HttpAnswer.EMPTY_LIST);
    private static final Handler NO_LOG =
            new Never("the log level cannot be changed while Gemel runs; start it with --log-level");
    private static final Handler NO_MEMBERS =
            new Never("the members cannot be changed over HTTP: gemel cluster add|remove|replace|transfer-leader");
    private static final Handler NO_CONNECTIONS = new Never(
            "connections are counted (loader/cluster) and neither listed nor moved: a server that stops asks its clients to move");
    private static final Handler NO_USERS = new Never(HttpUsers.NONE_KEPT);

    private final HttpRoutes routes = new HttpRoutes();

    private HttpApi() {}

    /** All that a server answers. */
    static HttpRoutes routes(NacosHttpServer.Parts parts, UdpPush push, Place place) {
        HttpApi api = new HttpApi();
        Naming naming = parts.naming();
        LeaseService leases = parts.leases();
        NodeStatus.Source status = parts.status();
        HttpHealthChecks checks = new HttpHealthChecks(parts.codec());
        HttpInstances instances = new HttpInstances(naming, leases, push, place.times());
        HttpOverrides overrides = new HttpOverrides(naming);
        api.instances(instances, new HttpBeats(naming, leases, instances), overrides);
        HttpCatalog catalog = new HttpCatalog(naming, checks, push);
        HttpServices services = new HttpServices(naming, checks);
        api.services(services, catalog);
        api.consoleOfV3(instances, overrides, services, catalog);
        api.health(new HttpHealth(naming, checks));
        api.operator(new HttpOperator(status, push));
        api.clients(new HttpClients(naming, push));
        api.namespaces(new HttpNamespaces(naming));
        api.console(new HttpConsole(status, place.port()));
        api.cluster(new HttpCluster(status));
        api.users(new HttpUsers());
        api.config(new HttpConfig(parts.notice()));
        return api.routes;
    }

    /**
     * Where and when a door is.
     *
     * @param port where it listens, for who asks
     */
    record Place(int port, RefTime times) {}

    private void instances(HttpInstances instances, HttpBeats beats, HttpOverrides overrides) {
        routes.all(POST, "/instance", instances::register)
                .all(DELETE, "/instance", instances::deregister)
                .all(PUT, "/instance", overrides::update)
                .all(GET, "/instance", instances::get)
                .all(GET, "/instance/list", instances::list)
                .all(PUT, "/instance/metadata/batch", overrides::putMetadata)
                .all(DELETE, "/instance/metadata/batch", overrides::removeMetadata)
                .add(HttpForm.V1, List.of(PATCH), List.of("/v1/ns/instance", "/v2/ns/instance"), overrides::patch)
                .result(PUT, "/v3/admin/ns/instance/partial", overrides::patch)
                .v1v2(PUT, "/instance/beat", beats::beat)
                .v1Any("/v1/ns/instance/statuses", instances::statuses)
                .result(GET, "/v2/ns/instance/statuses", instances::statuses)
                .resultAny("/v2/ns/instance/statuses/{key}", instances::statuses);
        routes.result(POST, "/v3/client/ns/instance", beats::registerOrBeat)
                .result(DELETE, "/v3/client/ns/instance", instances::deregister)
                .result(GET, "/v3/client/ns/instance/list", instances::hosts);
    }

    private void services(HttpServices services, HttpCatalog catalog) {
        routes.all(POST, "/service", services::create)
                .all(DELETE, "/service", services::delete)
                .all(PUT, "/service", services::update)
                .all(GET, "/service", services::get)
                .v1v2(GET, "/service/list", catalog::names)
                .result(GET, "/v3/admin/ns/service/list", catalog::services)
                .v1(GET, "/v1/ns/service/subscribers", catalog::subscribers)
                .result(GET, "/v3/admin/ns/service/subscribers", catalog::subscribers)
                .v1Any("/v1/ns/service/names", catalog::allNames)
                .v1(GET, "/v1/ns/service/selector/types", catalog::selectorTypes)
                .result(GET, "/v3/admin/ns/service/selector/types", catalog::selectorTypes)
                .v1(GET, "/v1/ns/catalog/service", catalog::service)
                .v1Any("/v1/ns/catalog/instances", catalog::instances)
                .result(GET, "/v2/ns/catalog/instances", catalog::instances)
                .v1(GET, "/v1/ns/catalog/services", catalog::services)
                .v1(PUT, "/v1/ns/cluster", services::setHealthCheck)
                .result(PUT, "/v3/admin/ns/cluster", services::setHealthCheck);
    }

    private void consoleOfV3(
            HttpInstances instances, HttpOverrides overrides, HttpServices services, HttpCatalog catalog) {
        routes.result(PUT, "/v3/console/ns/instance", overrides::update)
                .result(DELETE, "/v3/console/ns/instance", instances::deregister)
                .result(GET, "/v3/console/ns/instance/list", catalog::instances)
                .result(POST, "/v3/console/ns/service", services::create)
                .result(DELETE, "/v3/console/ns/service", services::delete)
                .result(PUT, "/v3/console/ns/service", services::update)
                .result(GET, "/v3/console/ns/service", services::get)
                .result(GET, "/v3/console/ns/service/list", catalog::services)
                .result(GET, "/v3/console/ns/service/subscribers", catalog::subscribers)
                .result(GET, "/v3/console/ns/service/selector/types", catalog::selectorTypes)
                .result(PUT, "/v3/console/ns/service/cluster", services::setHealthCheck);
    }

    private void health(HttpHealth health) {
        routes.v1v2(PUT, "/health", health::set)
                .all(PUT, "/health/instance", health::set)
                .v1Any("/v1/ns/health/server", health::server)
                .v1(GET, "/v1/ns/health/checkers", health::checkers)
                .result(GET, "/v3/admin/ns/health/checkers", health::checkers);
    }

    private void operator(HttpOperator operator) {
        for (String base :
                List.of("/v1/ns/operator", "/v1/ns/ops", "/v2/ns/operator", "/v2/ns/ops", "/v3/admin/ns/ops")) {
            HttpForm form = base.startsWith("/v1") ? HttpForm.V1 : HttpForm.RESULT;
            routes.add(form, List.of(GET), List.of(base + "/metrics"), operator::metrics)
                    .add(form, List.of(GET), List.of(base + "/switches"), operator::switches)
                    .add(form, List.of(PUT), List.of(base + "/switches"), operator::setSwitch)
                    .add(form, List.of(PUT), List.of(base + "/log"), NO_LOG);
        }
        for (String base : List.of("/v1/ns/operator", "/v1/ns/ops")) {
            routes.v1Any(base + "/push/state", operator::pushState)
                    .v1(GET, base + "/distro/client", operator::responsible);
        }
        routes.result(GET, "/v3/admin/ns/client/distro", operator::responsible);
    }

    private void clients(HttpClients clients) {
        routes.v2v3(GET, "/client/list", clients::list)
                .v2v3(GET, "/client", clients::get)
                .v2v3(GET, "/client/publish/list", clients::published)
                .v2v3(GET, "/client/subscribe/list", clients::subscribed)
                .v2v3(GET, "/client/service/publisher/list", clients::publishers)
                .v2v3(GET, "/client/service/subscriber/list", clients::subscribers);
    }

    private void namespaces(HttpNamespaces namespaces) {
        routes.v1(GET, "/v1/console/namespaces", namespaces::v1)
                .v1(POST, "/v1/console/namespaces", namespaces::createV1)
                .v1(PUT, "/v1/console/namespaces", namespaces::updateV1)
                .v1(DELETE, "/v1/console/namespaces", namespaces::deleteV1);
        for (String base : List.of("/v2/console/namespace", "/v3/console/core/namespace", "/v3/admin/core/namespace")) {
            routes.result(GET, base, namespaces::get)
                    .result(GET, base + "/list", namespaces::list)
                    .result(POST, base, namespaces::create)
                    .result(PUT, base, namespaces::update)
                    .result(DELETE, base, namespaces::delete);
        }
        routes.result(GET, "/v3/admin/core/namespace/check", namespaces::check)
                .result(GET, "/v3/console/core/namespace/exist", namespaces::exist);
    }

    private void console(HttpConsole console) {
        routes.v1(GET, "/v1/console/health/liveness", console::liveness)
                .v1(GET, "/v1/console/health/readiness", console::readiness)
                .v1(GET, "/v1/console/server/state", console::state)
                .result(GET, "/v3/admin/core/state", console::state)
                .result(GET, "/v3/console/server/state", console::state)
                .result(GET, "/v3/console/server/announcement", console::announcement)
                .result(GET, "/v3/console/server/guide", console::guide)
                .result(GET, "/actuator/health", console::actuator);
        for (String base : List.of("/v2/console/health", "/v3/console/health", "/v3/admin/core/state")) {
            routes.result(GET, base + "/liveness", console::liveness)
                    .result(GET, base + "/readiness", console::readiness);
        }
    }

    private void cluster(HttpCluster cluster) {
        routes.result(GET, "/v3/console/core/cluster/nodes", cluster::nodes)
                .result(GET, "/v3/admin/core/cluster/node/list", cluster::nodes)
                .result(PUT, "/v3/admin/core/cluster/node/list", NO_MEMBERS)
                .result(GET, "/v3/admin/core/cluster/node/self", cluster::self)
                .result(GET, "/v3/admin/core/cluster/node/self/health", cluster::health)
                .result(PUT, "/v3/admin/core/cluster/lookup", NO_MEMBERS)
                .result(POST, "/v3/admin/core/ops/raft", NO_MEMBERS)
                .result(PUT, "/v3/admin/core/ops/log", NO_LOG)
                .result(GET, "/v3/admin/core/ops/ids", NONE_OF_THESE)
                .result(GET, "/v3/admin/core/loader/cluster", cluster::load)
                .result(GET, "/v3/admin/core/loader/current", NO_CONNECTIONS);
        for (String reload : List.of("reloadCurrent", "smartReloadCluster", "reloadClient")) {
            routes.result(POST, "/v3/admin/core/loader/" + reload, NO_CONNECTIONS);
        }
        routes.v1(GET, "/serverlist", cluster::addresses);
    }

    /** As long as authentication is off. */
    private void users(HttpUsers users) {
        routes.v1(POST, "/v1/auth/users/login", users::login)
                .v1(POST, "/v1/auth/login", users::login)
                .result(POST, "/v3/auth/user/login", users::login)
                .v1(POST, "/v1/auth/users/admin", users::administrator)
                .result(POST, "/v3/auth/user/admin", users::administrator);
        List<HttpMethod> writes = List.of(POST, DELETE);
        for (String kind : List.of("user", "role", "permission")) {
            routes.add(HttpForm.V1, writes, List.of("/v1/auth/" + kind + "s"), NO_USERS)
                    .add(HttpForm.RESULT, writes, List.of("/v3/auth/" + kind), NO_USERS)
                    .v1(GET, "/v1/auth/" + kind + "s", users::list)
                    .result(GET, "/v3/auth/" + kind + "/list", users::list);
        }
        routes.v1(PUT, "/v1/auth/users", NO_USERS)
                .result(PUT, "/v3/auth/user", NO_USERS)
                .add(
                        HttpForm.V1,
                        List.of(GET),
                        List.of("/v1/auth/users/search", "/v1/auth/roles/search"),
                        NONE_OF_THESE)
                .add(
                        HttpForm.RESULT,
                        List.of(GET),
                        List.of("/v3/auth/user/search", "/v3/auth/role/search"),
                        NONE_OF_THESE);
    }

    private void config(HttpConfig config) {
        routes.v1(GET, "/v1/cs/configs", config::get)
                .v1(POST, "/v1/cs/configs", config::write)
                .v1(DELETE, "/v1/cs/configs", config::write)
                .v1(POST, LISTENER, config::listen)
                .result(GET, "/v2/cs/config", config::get)
                .result(POST, "/v2/cs/config", config::write)
                .result(DELETE, "/v2/cs/config", config::write)
                .result(GET, "/v3/client/cs/config", config::get);
    }
}
