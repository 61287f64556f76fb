package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpMethod;
import io.gemel.naming.Instance;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every path of the API, with what it says when all is well and when something is not. */
final class HttpApiTest {
    private static HttpNode node;

    /** One call and what is to be answered. {@code expected} must be in the body. */
    record Case(String call, String parameters, int status, String expected) {
        String method() {
            return call.substring(0, call.indexOf(' '));
        }

        String path() {
            return call.substring(call.indexOf(' ') + 1);
        }

        @Override
        public String toString() {
            return call + "?" + parameters + " -> " + status;
        }
    }

    @BeforeAll
    static void start() {
        node = new HttpNode();
        node.registerPersistent("fixed", Instance.persistent("10.0.0.1", 80));
        ok(node.call("POST", "/v1/ns/instance", "serviceName=kept&ip=10.0.0.2&port=80"));
        ok(node.call("POST", "/v1/ns/service", "serviceName=made&protectThreshold=0.5"));
        ok(node.call("POST", "/v1/console/namespaces", "customNamespaceId=team&namespaceName=Team&namespaceDesc=x"));
    }

    private static void ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        node.close();
        assertThat(node.failures).isEmpty();
    }

    static Collection<Case> cases() {
        return HttpCases.ALL;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void answersAsNacosDoes(Case one) {
        HttpResponse<String> response = node.call(one.method(), one.path(), one.parameters());

        assertThat(response.body()).contains(one.expected());
        assertThat(response.statusCode()).isEqualTo(one.status());
        boolean v1 = node.server
                .routes()
                .find(HttpMethod.valueOf(one.method()), one.path())
                .map(route -> route.form() == HttpForm.V1)
                .orElse(one.path().startsWith("/v1/"));
        boolean checked = response.body().startsWith("Param '");
        if (one.status() != 200) {
            assertThat(response.headers().firstValue("content-type").orElse(""))
                    .startsWith(v1 || checked ? "text/plain" : "application/json");
        } else if (!v1 && !one.path().startsWith("/actuator")) {
            assertThat(response.body()).startsWith(one.path().endsWith("/beat") ? "{\"code\":" : "{");
        }
    }

    @Test
    void everyPathIsTriedWithASuccessAndAnError() {
        HttpRoutes api = HttpCases.routes();
        Set<String> succeeded = calls(api, one -> one.status() == 200);
        Set<String> refused = calls(api, one -> one.status() == 501);
        Set<String> failed = HttpCases.ALL.stream()
                .filter(HttpApiTest::isError)
                .map(one -> api.entry(one.path()).orElse(""))
                .collect(Collectors.toSet());
        Set<String> untried = new TreeSet<>();
        api.table().forEach((path, routes) -> {
            IdentityHashMap<Object, Boolean> tried = new IdentityHashMap<>();
            routes.forEach((method, route) -> {
                Set<String> calls = route.handler() instanceof HttpRoutes.Never ? refused : succeeded;
                tried.merge(route.handler(), calls.contains(method + " " + path), Boolean::logicalOr);
            });
            boolean never = HttpCases.NEVER_SUCCEED.contains(path);
            if (!failed.contains(path) || (!never && tried.containsValue(false))) {
                untried.add(path + " " + routes.keySet());
            }
        });
        assertThat(untried).isEmpty();
    }

    @Test
    void everyPathThatIsTriedIsServed() {
        HttpRoutes api = HttpCases.routes();
        assertThat(HttpCases.ALL).map(Case::path).allMatch(api::has);
    }

    private static boolean isError(Case one) {
        return one.status() != 200
                || one.expected().contains("20404")
                || one.expected().contains("21003");
    }

    /** Method and path, as the table has it, of those cases. */
    private static Set<String> calls(HttpRoutes api, Predicate<Case> wanted) {
        return HttpCases.ALL.stream()
                .filter(wanted)
                .map(one -> one.method() + " " + api.entry(one.path()).orElse(""))
                .collect(Collectors.toSet());
    }

    @Test
    void whatIsNotThereIsNotFoundAndWhatIsNotMeantIsRefused() {
        assertThat(node.call("GET", "/v1/ns/nothing", "").statusCode()).isEqualTo(404);
        assertThat(node.call("GET", "/v3/nothing", "").body()).contains("\"code\":20004");
        assertThat(node.call("DELETE", "/v1/ns/operator/metrics", "").statusCode())
                .isEqualTo(501);
        assertThat(node.call("DELETE", "/v2/ns/ops/metrics", "").statusCode()).isEqualTo(405);
        assertThat(List.of(node.call("GET", "/v1/ns/service/list/", "pageNo=1&pageSize=1")
                        .statusCode()))
                .containsExactly(200);
    }
}
