package io.gemel.transport.nacos;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Logins, and the users, roles and permissions that there are while nobody has to say who they are: none. Whoever asks for a list gets an empty
 * one; whoever makes a user is refused, so that nobody takes a password for a protection. Stateless.
 */
final class HttpUsers {
    /** Why none is made, and what to do. */
    static final String NONE_KEPT =
            "authentication is off: no users, roles or permissions are kept, and any name and password log in."
                    + " Let only those reach this port who may write";

    private static final int TOKEN_TTL_SECONDS = 18_000;
    private static final int PAGE_USUAL = 100;

    /** Tells nothing, and is asked for by nobody: whoever logs in while nobody has to gets it. */
    private static final String TOKEN = "authentication-is-off";

    /** While nobody has to say who they are, everybody who says so may. */
    CompletableFuture<HttpAnswer> login(HttpCall call) {
        String user = call.text("username").orElse("");
        if (user.isEmpty() || call.text("password").isEmpty()) {
            throw new HttpRefusal(403, HttpRefusal.DENIED, "unknown user!");
        }
        return HttpAnswer.now(new HttpAnswer.Bare(
                Json.bytes(json -> {
                    json.writeStartObject();
                    json.writeStringField("accessToken", TOKEN);
                    json.writeNumberField("tokenTtl", TOKEN_TTL_SECONDS);
                    json.writeBooleanField("globalAdmin", true);
                    json.writeStringField("username", user);
                    json.writeEndObject();
                }),
                Map.of("authorization", "Bearer " + TOKEN)));
    }

    /** Says what Nacos says where there is an administrator: what sets servers up then goes on, and can log in. */
    CompletableFuture<HttpAnswer> administrator(HttpCall call) {
        return HttpAnswer.now(HttpAnswer.bare(json -> {
            json.writeStartObject();
            json.writeNumberField("code", 409);
            json.writeStringField("message", NONE_KEPT);
            json.writeNullField("data");
            json.writeEndObject();
        }));
    }

    /** An empty page. */
    CompletableFuture<HttpAnswer> list(HttpCall call) {
        HttpPage<String> page = HttpPage.of(call, List.of(), PAGE_USUAL);
        return HttpAnswer.now(HttpAnswer.json(json -> {
            json.writeStartObject();
            page.writeV3(json);
            HttpJson.texts(json, "pageItems", page.items());
            json.writeEndObject();
        }));
    }
}
