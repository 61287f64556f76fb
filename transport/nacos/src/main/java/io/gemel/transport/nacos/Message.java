package io.gemel.transport.nacos;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.gemel.naming.RegistryException;
import io.gemel.transport.nacos.payload.Metadata;
import io.gemel.transport.nacos.payload.Payload;
import java.util.Optional;

/** Builds what the server sends: answers, refusals and its own requests. Stateless; any thread. */
final class Message {
    private static final String ERROR = "ErrorResponse";

    private Message() {}

    /** A message of {@code type} with a JSON object as its body. */
    static Payload of(String type, ByteString json) {
        return Payload.newBuilder()
                .setMetadata(Metadata.newBuilder().setType(type))
                .setBody(Any.newBuilder().setValue(json))
                .build();
    }

    /** The answer to a request that was carried out; {@code fields} writes what it has beyond that. */
    static Payload ok(String type, Optional<String> requestId, Json.Writing fields) {
        return of(type, Json.bytes(json -> {
            json.writeStartObject();
            json.writeNumberField("resultCode", NacosCode.OK);
            json.writeNumberField("errorCode", 0);
            json.writeBooleanField("success", true);
            if (requestId.isPresent()) {
                json.writeStringField("requestId", requestId.get());
            }
            fields.to(json);
            json.writeEndObject();
        }));
    }

    /** As {@link #ok}, with one field more whose JSON is there already. */
    static Payload ok(String type, Optional<String> requestId, String field, ByteString json) {
        Payload answer = ok(type, requestId, nothing -> {});
        return of(type, with(answer.getBody().getValue(), field, json));
    }

    /** A request of the server's own, whose acknowledgement carries {@code requestId}. */
    static Payload request(String type, long requestId, Json.Writing fields) {
        return of(type, Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("requestId", Long.toString(requestId));
            fields.to(json);
            json.writeEndObject();
        }));
    }

    /** As {@link #request(String, long, Json.Writing)}, with one field more whose JSON is there already. */
    static Payload request(String type, long requestId, String field, ByteString json) {
        Payload request = request(type, requestId, nothing -> {});
        return of(type, with(request.getBody().getValue(), field, json));
    }

    /**
     * A refusal as an answer of the type that the client waits for. Of that it tells its caller at once, where it takes an {@link #error} for
     * a failure of the connection, and tries three times more.
     */
    static Payload refusal(String type, Optional<String> requestId, int code, String message) {
        return refusal(type, requestId, NacosCode.FAIL, code, message);
    }

    /** What tells a client that this server, or this connection, is of no use to it. */
    static Payload error(int code, String message) {
        return refusal(ERROR, Optional.empty(), NacosCode.FAIL, code, message);
    }

    /** How {@code refusal} is told to whoever sent a request that {@code type} would have answered. */
    static Payload refusal(String type, Optional<String> requestId, RegistryException refusal) {
        int code = NacosCode.of(refusal);
        if (code == NacosCode.STARTING || code == NacosCode.UNREGISTERED) {
            return error(code, said(refusal));
        }
        return refusal(type, requestId, code, worded(refusal));
    }

    private static String worded(RegistryException refusal) {
        return switch (refusal.code()) {
            case BAD_REQUEST -> "Param check invalid:" + refusal.getMessage();
            case DURABILITY_CONFLICT -> "errCode: 400, errMsg: " + refusal.getMessage() + " ";
            default -> said(refusal) + "; " + refusal.code().whatToDo();
        };
    }

    private static String said(RegistryException refusal) {
        return String.valueOf(refusal.getMessage());
    }

    private static Payload refusal(
            String type, Optional<String> requestId, int resultCode, int errorCode, String message) {
        return of(type, Json.bytes(json -> {
            json.writeStartObject();
            json.writeNumberField("resultCode", resultCode);
            json.writeNumberField("errorCode", errorCode);
            json.writeStringField("message", message);
            json.writeBooleanField("success", false);
            if (requestId.isPresent()) {
                json.writeStringField("requestId", requestId.get());
            }
            json.writeEndObject();
        }));
    }

    /** The object {@code json} with one field more. */
    private static ByteString with(ByteString json, String field, ByteString value) {
        return json.substring(0, json.size() - 1)
                .concat(ByteString.copyFromUtf8(",\"" + field + "\":"))
                .concat(value)
                .concat(ByteString.copyFromUtf8("}"));
    }
}
