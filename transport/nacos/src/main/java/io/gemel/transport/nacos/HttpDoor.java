package io.gemel.transport.nacos;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.stream.AbortedStreamException;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.gemel.naming.RegistryException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Nacos's HTTP API: decodes, asks what the routes say, and gives the answer the form of the version. Runs on the connection's event loop and
 * never blocks it; answers are sent by whichever thread completes the future.
 */
final class HttpDoor implements HttpService {
    /** Before all paths. */
    static final String CONTEXT = "/nacos";

    private static final Logger log = LoggerFactory.getLogger(HttpDoor.class);
    private static final Duration MARGIN = Duration.ofSeconds(5);
    private static final byte[] NOTHING = new byte[0];

    private final HttpRoutes routes;

    HttpDoor(HttpRoutes routes) {
        this.routes = routes;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        String path = path(context.path());
        HttpForm form = path.startsWith("/v1/") ? HttpForm.V1 : HttpForm.RESULT;
        Optional<HttpRoutes.Route> route = routes.find(request.method(), path);
        if (route.isEmpty()) {
            // The body is not waited for: it is nobody's.
            return form.failure(
                    !routes.has(path)
                            ? HttpRefusal.notFound(
                                    HttpRefusal.NOT_FOUND, "no such path: see docs/MIGRATE-FROM-NACOS.md")
                            : new HttpRefusal(
                                    path.startsWith("/v1/ns/") ? 501 : 405,
                                    HttpRefusal.INVALID,
                                    "no such method at this path"));
        }
        if (route.get().handler() instanceof HttpRoutes.Never never) {
            return form.failure(never.refusal());
        }
        if (path.equals(HttpApi.LISTENER)) {
            context.setRequestTimeout(HttpConfig.LISTEN_MAX.plus(MARGIN));
        }
        return HttpResponse.of(request.aggregate()
                .thenCompose(whole -> answer(context, whole, route.get()))
                .exceptionally(failure -> failed(route.get().form(), failure)));
    }

    private static CompletableFuture<HttpResponse> answer(
            ServiceRequestContext context, AggregatedHttpRequest request, HttpRoutes.Route route) {
        String query = context.query();
        HttpParameters parameters =
                HttpParameters.of(query == null ? NOTHING : query.getBytes(StandardCharsets.UTF_8), form(request));
        HttpCall call =
                new HttpCall(path(context.decodedPath()), parameters, remote(context), request.headers(), route.form());
        return route.handler().answer(call).thenApply(route.form()::success);
    }

    private static byte[] form(AggregatedHttpRequest request) {
        if (request.content().isEmpty()) {
            return NOTHING;
        }
        MediaType type = request.contentType();
        if (type != null && !type.is(MediaType.FORM_DATA)) {
            throw new HttpRefusal(
                    415,
                    HttpRefusal.MEDIA_TYPE,
                    "a body of this type is not read (expected: application/x-www-form-urlencoded)");
        }
        return request.content().array();
    }

    private static InetAddress remote(ServiceRequestContext context) {
        return context.remoteAddress().getAddress();
    }

    private static String path(String whole) {
        String path = whole.startsWith(CONTEXT + "/") ? whole.substring(CONTEXT.length()) : "";
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static HttpResponse failed(HttpForm form, Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ContentTooLargeException) {
            return form.failure(
                    new HttpRefusal(413, HttpRefusal.INVALID, "the body is too large (expected: at most 1 MiB)"));
        }
        if (cause instanceof RequestTimeoutException) {
            return form.failure(new HttpRefusal(408, HttpRefusal.INVALID, "the request did not end in time"));
        }
        boolean ended = cause instanceof ClosedSessionException || cause instanceof AbortedStreamException;
        if (!ended && !(cause instanceof HttpRefusal) && !(cause instanceof RegistryException)) {
            log.error("a request over HTTP failed", cause);
        }
        return form.failure(cause);
    }
}
