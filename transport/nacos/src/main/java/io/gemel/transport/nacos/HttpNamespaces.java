package io.gemel.transport.nacos;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import io.gemel.naming.Change;
import io.gemel.naming.Naming;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;

/**
 * Namespaces as people keep a list of them. The registry needs none: whatever is registered under a name is there. What is kept here is what they
 * call it: as settings of a service that nobody can register, since Nacos's namespaces have no dots. Thread-safe.
 */
final class HttpNamespaces {
    static final String KEPT_IN = "nacos.namespaces";
    private static final String NAME = "name";
    private static final String DESCRIPTION = "description";
    private static final Pattern ID = Pattern.compile("[\\w-]{1,128}");
    private static final Pattern BAD_NAME = Pattern.compile("[@#$%^&*]");
    private static final int QUOTA = 200;

    private final Naming naming;

    HttpNamespaces(Naming naming) {
        this.naming = naming;
    }

    /** A namespace as it is listed; type 0 is the default one, 2 those of people. */
    private record Entry(String id, String name, String description, int type) {
        static final Entry DEFAULT = new Entry(ServiceId.DEFAULT_NAMESPACE, "public", "Default Namespace", 0);

        void write(JsonGenerator json, boolean defaultIsBlank) throws IOException {
            json.writeStartObject();
            json.writeStringField("namespace", type == 0 && defaultIsBlank ? "" : id);
            json.writeStringField("namespaceShowName", name);
            json.writeStringField("namespaceDesc", description);
            json.writeNumberField("quota", QUOTA);
            json.writeNumberField("configCount", 0);
            json.writeNumberField("type", type);
            json.writeEndObject();
        }
    }

    /** v1 asks three questions at one path. */
    CompletableFuture<HttpAnswer> v1(HttpCall call) {
        if (call.flag("checkNamespaceIdExist").orElse(false)) {
            return isThere(call.text("customNamespaceId").orElse(""));
        }
        if (call.text("show").isPresent()) {
            return get(call, call.text("namespaceId").orElse(ServiceId.DEFAULT_NAMESPACE));
        }
        return all().thenApply(entries -> new HttpAnswer.Bare(restResult(written(entries, true)), Map.of()));
    }

    CompletableFuture<HttpAnswer> list(HttpCall call) {
        return all().thenApply(entries -> new HttpAnswer.Value(written(entries, false)));
    }

    CompletableFuture<HttpAnswer> get(HttpCall call) {
        return get(call, call.required("namespaceId"));
    }

    /** v3 of consoles: whether there is one of an id. */
    CompletableFuture<HttpAnswer> exist(HttpCall call) {
        return isThere(call.required("customNamespaceId"));
    }

    private CompletableFuture<HttpAnswer> isThere(String id) {
        return id.isEmpty() ? now(false) : find(id).thenCompose(found -> now(found.isPresent()));
    }

    /** v3 of administrators: how many there are of an id, 0 or 1. */
    CompletableFuture<HttpAnswer> check(HttpCall call) {
        return find(call.text("customNamespaceId", "namespaceId").orElseThrow(() -> HttpRefusal.missing("namespaceId")))
                .thenApply(found -> HttpAnswer.json(json -> json.writeNumber(found.isPresent() ? 1 : 0)));
    }

    /** v1: never an error for what people type, true or false. */
    CompletableFuture<HttpAnswer> createV1(HttpCall call) {
        String name = call.required("namespaceName");
        return yesOrNo(create(
                call.text("customNamespaceId").orElseGet(() -> UUID.randomUUID().toString()),
                name,
                call.text("namespaceDesc").orElse("")));
    }

    CompletableFuture<HttpAnswer> updateV1(HttpCall call) {
        String id = call.required("namespace");
        String name = call.required("namespaceShowName");
        return yesOrNo(update(id, name, call.text("namespaceDesc").orElse("")));
    }

    CompletableFuture<HttpAnswer> deleteV1(HttpCall call) {
        return yesOrNo(delete(call.required("namespaceId")));
    }

    CompletableFuture<HttpAnswer> create(HttpCall call) {
        String name = call.required("namespaceName");
        return create(
                        call.text("namespaceId", "customNamespaceId")
                                .orElseGet(() -> UUID.randomUUID().toString()),
                        name,
                        call.text("namespaceDesc").orElse(""))
                .thenCompose(done -> now(true));
    }

    CompletableFuture<HttpAnswer> update(HttpCall call) {
        return update(
                        call.required("namespaceId"),
                        call.required("namespaceName"),
                        call.text("namespaceDesc").orElse(""))
                .thenCompose(done -> now(true));
    }

    CompletableFuture<HttpAnswer> delete(HttpCall call) {
        return delete(call.required("namespaceId")).thenCompose(done -> now(true));
    }

    private CompletableFuture<?> create(String id, String name, String description) {
        check(id, name);
        if (id.equals(ServiceId.DEFAULT_NAMESPACE)) {
            throw exists(id);
        }
        return find(id).thenCompose(found -> {
            if (found.isPresent()) {
                throw exists(id);
            }
            return set(id, Optional.of(settings(name, description)), Precondition.ABSENT);
        });
    }

    private CompletableFuture<?> update(String id, String name, String description) {
        check(id, name);
        return required(id).thenCompose(found -> set(id, Optional.of(settings(name, description)), Precondition.NONE));
    }

    private CompletableFuture<?> delete(String id) {
        return required(id).thenCompose(found -> set(id, Optional.empty(), Precondition.NONE));
    }

    /** Fails if nobody made it; the default one is nobody's. */
    private CompletableFuture<Entry> required(String id) {
        return find(id).thenApply(found -> found.filter(entry -> entry.type() != 0)
                .orElseThrow(() ->
                        new HttpRefusal(404, HttpRefusal.NAMESPACE_MISSING, "namespaceId [ " + id + " ] not exist")));
    }

    private static HttpRefusal exists(String id) {
        return new HttpRefusal(400, HttpRefusal.NAMESPACE_EXISTS, "namespaceId [ " + id + " ] already exist");
    }

    private static void check(String id, String name) {
        if (!ID.matcher(id).matches()) {
            throw new HttpRefusal(
                    400,
                    HttpRefusal.NAMESPACE_ID,
                    "namespaceId mismatch the pattern (expected: 1..128 of A-Z a-z 0-9 _ -)");
        }
        if (BAD_NAME.matcher(name).find()) {
            throw new HttpRefusal(
                    400, HttpRefusal.NAMESPACE_ID, "namespaceName contains illegal char (one of @#$%^&*)");
        }
    }

    private static ServiceSettings settings(String name, String description) {
        return ServiceSettings.NONE.withMetadata(Map.of(NAME, name, DESCRIPTION, description));
    }

    private CompletableFuture<?> set(String id, Optional<ServiceSettings> settings, Precondition precondition) {
        return naming.setService(new Change.SetService(record(id), settings, precondition));
    }

    private CompletableFuture<HttpAnswer> get(HttpCall call, String id) {
        return find(id).thenApply(found -> {
            Entry entry = found.orElseThrow(
                    () -> new HttpRefusal(404, HttpRefusal.NAMESPACE_MISSING, "namespaceId [ " + id + " ] not exist"));
            return HttpAnswer.json(json -> entry.write(json, call.form() == HttpForm.V1));
        });
    }

    private CompletableFuture<Optional<Entry>> find(String id) {
        if (id.isEmpty() || id.equals(ServiceId.DEFAULT_NAMESPACE)) {
            return CompletableFuture.completedFuture(Optional.of(Entry.DEFAULT));
        }
        if (!ID.matcher(id).matches()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return naming.describe(record(id), ReadLevel.LOCAL)
                .thenApply(description -> description
                        .state()
                        .settings()
                        .map(settings -> entry(id, settings.value().metadata())));
    }

    private CompletableFuture<List<Entry>> all() {
        List<CompletableFuture<Optional<Entry>>> found = naming.known(KEPT_IN).stream()
                .map(service -> find(EscapedName.unescaped(service.name())))
                .toList();
        return CompletableFuture.allOf(found.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    List<Entry> entries = new ArrayList<>(List.of(Entry.DEFAULT));
                    found.forEach(entry -> entry.join().ifPresent(entries::add));
                    return entries;
                });
    }

    private static Entry entry(String id, Map<String, String> metadata) {
        return new Entry(id, metadata.getOrDefault(NAME, id), metadata.getOrDefault(DESCRIPTION, ""), 2);
    }

    private static ServiceId record(String id) {
        return new ServiceId(KEPT_IN, ServiceId.DEFAULT_GROUP, EscapedName.escaped(id));
    }

    private static ByteString written(List<Entry> entries, boolean defaultIsBlank) {
        return Json.bytes(json -> {
            json.writeStartArray();
            for (Entry entry : entries) {
                entry.write(json, defaultIsBlank);
            }
            json.writeEndArray();
        });
    }

    /** {@code data} as the older of Nacos's two envelopes has it. */
    static ByteString restResult(ByteString data) {
        return ByteString.copyFromUtf8("{\"code\":200,\"message\":null,\"data\":")
                .concat(data)
                .concat(ByteString.copyFromUtf8("}"));
    }

    private static CompletableFuture<HttpAnswer> now(boolean answer) {
        return HttpAnswer.now(HttpAnswer.json(json -> json.writeBoolean(answer)));
    }

    /** No, for what a person got wrong; an outcome that is not known, or nobody to decide, stays a failure. */
    private static CompletableFuture<HttpAnswer> yesOrNo(CompletableFuture<?> done) {
        return done.handle((value, failure) -> failure == null ? Optional.<Throwable>empty() : Optional.of(failure))
                .thenCompose(failure -> {
                    if (failure.isEmpty()) {
                        return now(true);
                    }
                    Throwable cause = failure.get() instanceof CompletionException wrapped && wrapped.getCause() != null
                            ? wrapped.getCause()
                            : failure.get();
                    boolean refused = cause instanceof HttpRefusal
                            || (cause instanceof RegistryException refusal
                                    && refusal.code() == RegistryException.Code.REVISION_CONFLICT);
                    return refused ? now(false) : CompletableFuture.failedFuture(cause);
                });
    }
}
