package io.gemel.transport.nacos;

import com.linecorp.armeria.common.HttpMethod;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Which path and method is answered by what, in which form. Filled once, then only read. */
final class HttpRoutes {
    /** The last segment of a path that takes whatever stands there; the call has it. */
    private static final String KEY = "/{key}";

    private static final List<HttpMethod> ANY =
            List.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    private final Map<String, Map<HttpMethod, Route>> byPath = new HashMap<>();

    /** Answers one kind of request. Never blocks; refuses by throwing or through the future. */
    @FunctionalInterface
    interface Handler {
        CompletableFuture<HttpAnswer> answer(HttpCall call);
    }

    /** Does nothing and says what to do instead, whatever the body holds. */
    record Never(String whatInstead) implements Handler {
        HttpRefusal refusal() {
            return HttpRefusal.unsupported(whatInstead);
        }

        @Override
        public CompletableFuture<HttpAnswer> answer(HttpCall call) {
            return CompletableFuture.failedFuture(refusal());
        }
    }

    /** One kind of request. */
    record Route(HttpForm form, Handler handler) {}

    /** Adds {@code route} at each of {@code paths}, which are told without the context path. */
    HttpRoutes add(HttpForm form, List<HttpMethod> methods, List<String> paths, Handler handler) {
        for (String path : paths) {
            Map<HttpMethod, Route> routes = byPath.computeIfAbsent(path, p -> new EnumMap<>(HttpMethod.class));
            methods.forEach(method -> routes.put(method, new Route(form, handler)));
        }
        return this;
    }

    HttpRoutes v1(HttpMethod method, String path, Handler handler) {
        return add(HttpForm.V1, List.of(method), List.of(path), handler);
    }

    /** Whatever the method: Nacos leaves it open here and there. */
    HttpRoutes v1Any(String path, Handler handler) {
        return add(HttpForm.V1, ANY, List.of(path), handler);
    }

    /** Whatever the method, in the newer form. */
    HttpRoutes resultAny(String path, Handler handler) {
        return add(HttpForm.RESULT, ANY, List.of(path), handler);
    }

    HttpRoutes result(HttpMethod method, String path, Handler handler) {
        return add(HttpForm.RESULT, List.of(method), List.of(path), handler);
    }

    /** The same at v1 and v2 below {@code path}, each in its form. */
    HttpRoutes v1v2(HttpMethod method, String path, Handler handler) {
        return v1(method, "/v1/ns" + path, handler).result(method, "/v2/ns" + path, handler);
    }

    /** The same at v2 and the v3 of administrators below {@code path}. */
    HttpRoutes v2v3(HttpMethod method, String path, Handler handler) {
        return result(method, "/v2/ns" + path, handler).result(method, "/v3/admin/ns" + path, handler);
    }

    /** The same at v1, v2 and the v3 of administrators below {@code path}. */
    HttpRoutes all(HttpMethod method, String path, Handler handler) {
        return v1(method, "/v1/ns" + path, handler).v2v3(method, path, handler);
    }

    /** What answers {@code method} at {@code path}. */
    Optional<Route> find(HttpMethod method, String path) {
        HttpMethod asked = method == HttpMethod.HEAD ? HttpMethod.GET : method;
        return entry(path).map(byPath::get).map(routes -> routes.get(asked));
    }

    /** Whether anything is answered at {@code path}. */
    boolean has(String path) {
        return entry(path).isPresent();
    }

    /** As which path of the table {@code path} is answered. */
    Optional<String> entry(String path) {
        if (byPath.containsKey(path)) {
            return Optional.of(path);
        }
        String parent = path.substring(0, Math.max(0, path.lastIndexOf('/')));
        return Optional.of(parent + KEY).filter(byPath::containsKey);
    }

    /** All paths with their methods. */
    Map<String, Map<HttpMethod, Route>> table() {
        return Map.copyOf(byPath);
    }
}
