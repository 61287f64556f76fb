package io.gemel.transport.nacos;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import io.gemel.naming.RegistryException;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Map;

/** How a version of the API says yes and no. */
enum HttpForm {
    /** The value alone; a failure is its text, and its number is the status. Names of services hold their groups. */
    V1,

    /** The value in an object with a number and a word for the outcome. Groups stand beside names. */
    RESULT;

    /** How messages of Nacos's own check of parameters begin, which look the same in all versions. */
    private static final String CHECKED = "Param '";

    /** Whether names of services may hold their group. */
    boolean grouped() {
        return this == V1;
    }

    /** The response to what succeeded. */
    HttpResponse success(HttpAnswer answer) {
        if (answer instanceof HttpAnswer.Bare bare) {
            return response(HttpStatus.OK, MediaType.JSON_UTF_8, bare.json(), bare.headers());
        }
        return switch (this) {
            case V1 ->
                answer instanceof HttpAnswer.Text text
                        ? text(HttpStatus.OK, text.text())
                        : json(HttpStatus.OK, ((HttpAnswer.Value) answer).json());
            case RESULT -> json(HttpStatus.OK, result(0, "success", data(answer)));
        };
    }

    /** The response to what failed; {@code failure} is not told if it is our own fault. */
    HttpResponse failure(Throwable failure) {
        if (failure instanceof HttpRefusal refusal) {
            return refused(refusal.status(), refusal.detail(), String.valueOf(refusal.getMessage()));
        }
        if (failure instanceof RegistryException refusal) {
            return refused(refusal);
        }
        return refused(
                HttpStatus.INTERNAL_SERVER_ERROR.code(),
                HttpRefusal.SERVER_ERROR,
                "the server failed; its log says why");
    }

    private HttpResponse refused(RegistryException refusal) {
        String message = String.valueOf(refusal.getMessage());
        return switch (refusal.code()) {
            case BAD_REQUEST -> refused(400, HttpRefusal.INVALID, message);
            case DURABILITY_CONFLICT -> refused(400, HttpRefusal.CONFLICT, "errCode: 400, errMsg: " + message + " ");
            case NOT_FOUND -> refused(404, HttpRefusal.NOT_FOUND, message);
            case REVISION_CONFLICT, MEMBERSHIP_REFUSED, NOT_EMPTY -> refused(409, HttpRefusal.CONFLICT, message);
            case UNKNOWN_OUTCOME -> refused(500, HttpRefusal.SERVER_ERROR, message);
            case NO_SESSION,
                    UNKNOWN_SESSION,
                    SESSION_MOVED,
                    NOT_READY,
                    DISK_LOW,
                    NO_LEADER,
                    OVERLOADED,
                    SHUTTING_DOWN,
                    UNAVAILABLE ->
                refused(
                        503,
                        HttpRefusal.SERVER_ERROR,
                        message + " (" + refusal.code().whatToDo() + ")");
        };
    }

    private HttpResponse refused(int status, int detail, String message) {
        HttpStatus httpStatus = HttpStatus.valueOf(status);
        boolean plain = this == V1 || (status == 400 && message.startsWith(CHECKED) && detail != HttpRefusal.MISSING);
        return plain
                ? text(httpStatus, message)
                : json(httpStatus, result(detail, category(status), Json.bytes(json -> json.writeString(message))));
    }

    private static String category(int status) {
        return switch (status) {
            case 400 -> "parameter validate error";
            case 403 -> "access denied";
            case 404 -> "resource not found";
            case 409 -> "resource conflict";
            case 415 -> "media type error";
            case 501, 405 -> "api not supported";
            default -> "server error";
        };
    }

    private static ByteString data(HttpAnswer answer) {
        return answer instanceof HttpAnswer.Text text
                ? Json.bytes(json -> json.writeString(text.text()))
                : ((HttpAnswer.Value) answer).json();
    }

    private static ByteString result(int code, String message, ByteString data) {
        return ByteString.copyFromUtf8("{\"code\":" + code + ",\"message\":\"" + message + "\",\"data\":")
                .concat(data)
                .concat(ByteString.copyFromUtf8("}"));
    }

    private static HttpResponse text(HttpStatus status, String text) {
        return response(status, MediaType.PLAIN_TEXT_UTF_8, ByteString.copyFromUtf8(text), Map.of());
    }

    private static HttpResponse json(HttpStatus status, ByteString json) {
        return response(status, MediaType.JSON_UTF_8, json, Map.of());
    }

    /** The bytes are the shared ones, not a copy. */
    private static HttpResponse response(
            HttpStatus status, MediaType type, ByteString body, Map<String, String> headers) {
        ResponseHeadersBuilder builder = ResponseHeaders.builder(status).contentType(type);
        headers.forEach(builder::add);
        ByteBuffer[] parts = body.asReadOnlyByteBufferList().toArray(ByteBuffer[]::new);
        return HttpResponse.of(builder.build(), HttpData.wrap(Unpooled.wrappedBuffer(parts)));
    }
}
