package io.gemel.transport.grpc;

import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.transport.grpc.v1.Error;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where refusals become what gRPC carries and turn back: a status with the trailers {@code gemel-code} and
 * {@code gemel-what-to-do} for unary calls, an {@link Error} on a session stream. Stateless; any thread.
 *
 * <p>On the way back a status may come from gRPC itself, from a proxy or from no server at all. Then the one question is
 * whether the request can have had an effect: a write whose answer was lost is {@code UNKNOWN_OUTCOME}, never a failure.
 */
public final class Refusals {
    /** Carries the stable code, a name of {@link Code}. */
    static final Metadata.Key<String> CODE = Metadata.Key.of("gemel-code", Metadata.ASCII_STRING_MARSHALLER);

    /** Carries one sentence for people. */
    static final Metadata.Key<String> WHAT_TO_DO =
            Metadata.Key.of("gemel-what-to-do", Metadata.ASCII_STRING_MARSHALLER);

    private static final Logger log = LoggerFactory.getLogger(Refusals.class);
    private static final String SEPARATOR = "; ";

    private Refusals() {}

    /** Whether a call can change anything, which decides what it means that its answer is lost. */
    public enum Call {
        /** Changes nothing: a lost answer is a failure, and the call can be made again. */
        READ,
        /** May take effect though its answer is lost. */
        WRITE
    }

    /**
     * What the failure of a call, as its caller met it, means.
     *
     * @param failure a gRPC exception, a {@link TimeoutException}, a refusal already, or one of these wrapped by a future
     * @return {@code UNKNOWN_OUTCOME} if {@code call} is a write that the server may have carried out
     */
    public static RegistryException received(Throwable failure, Call call) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof RegistryException refusal) {
            return refusal;
        }
        Status status = cause instanceof TimeoutException
                ? Status.DEADLINE_EXCEEDED.withDescription("no answer in time")
                : Status.fromThrowable(cause);
        Metadata trailers = Status.trailersFromThrowable(cause);
        return received(status.withCause(cause), trailers == null ? new Metadata() : trailers, call);
    }

    /** What it means that a call ended with {@code status} and {@code trailers}, which may be empty. */
    public static RegistryException received(Status status, Metadata trailers, Call call) {
        String description = status.getDescription() == null ? "" : status.getDescription();
        Optional<Code> code = code(trailers.get(CODE));
        if (code.isPresent()) {
            String cause = causeOf(description, trailers.get(WHAT_TO_DO));
            return new RegistryException(code.get(), cause, status.asRuntimeException());
        }
        String seen = status.getCode() + (description.isEmpty() ? "" : ": " + description);
        return new RegistryException(codeWithoutTrailers(status, call), explained(status, seen), status.getCause());
    }

    /** What an error on a session stream means; {@code call} is what the request with its id was. */
    public static RegistryException received(Error error, Call call) {
        return new RegistryException(
                code(error.getCode()).orElse(answerLost(call)),
                error.getCause().isEmpty() ? error.getCode() : error.getCause());
    }

    /** What a handler's failure is answered with. Logs it if it is not a refusal: then the fault is ours. */
    static StatusRuntimeException answer(Throwable failure, Call call) {
        RegistryException refusal = refusal(failure, call);
        boolean ours = refusal != unwrapped(failure);
        Status status = ours ? Status.INTERNAL.withDescription(status(refusal).getDescription()) : status(refusal);
        return status.asRuntimeException(trailers(refusal));
    }

    /** {@code failure} as a refusal. If it is none the fault is ours: it is logged, and its text stays in the log. */
    static RegistryException refusal(Throwable failure, Call call) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof RegistryException refusal) {
            return refusal;
        }
        log.error("request failed unexpectedly call={}", call, cause);
        return new RegistryException(
                answerLost(call), "the server failed in a way it should not; its log has the details", cause);
    }

    static Status status(RegistryException refusal) {
        String description = refusal.getMessage() + SEPARATOR + refusal.code().whatToDo();
        return statusCode(refusal.code()).toStatus().withDescription(description);
    }

    static Metadata trailers(RegistryException refusal) {
        Metadata trailers = new Metadata();
        trailers.put(CODE, refusal.code().name());
        trailers.put(WHAT_TO_DO, refusal.code().whatToDo());
        return trailers;
    }

    static Error error(RegistryException refusal) {
        return Error.newBuilder()
                .setCode(refusal.code().name())
                .setCause(String.valueOf(refusal.getMessage()))
                .setWhatToDo(refusal.code().whatToDo())
                .build();
    }

    private static Status.Code statusCode(Code code) {
        return switch (code) {
            case BAD_REQUEST -> Status.Code.INVALID_ARGUMENT;
            case NOT_FOUND -> Status.Code.NOT_FOUND;
            case DURABILITY_CONFLICT, MEMBERSHIP_REFUSED, NOT_EMPTY, NO_SESSION, UNKNOWN_SESSION ->
                Status.Code.FAILED_PRECONDITION;
            case SESSION_MOVED, REVISION_CONFLICT -> Status.Code.ABORTED;
            case NOT_READY, NO_LEADER, SHUTTING_DOWN, UNAVAILABLE -> Status.Code.UNAVAILABLE;
            case OVERLOADED, DISK_LOW -> Status.Code.RESOURCE_EXHAUSTED;
            case UNKNOWN_OUTCOME -> Status.Code.UNKNOWN;
        };
    }

    private static Code codeWithoutTrailers(Status status, Call call) {
        return switch (status.getCode()) {
            case INVALID_ARGUMENT,
                    OUT_OF_RANGE,
                    FAILED_PRECONDITION,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED -> Code.BAD_REQUEST;
            case NOT_FOUND -> Code.NOT_FOUND;
            case UNIMPLEMENTED -> Code.UNAVAILABLE;
            case RESOURCE_EXHAUSTED -> {
                if (overSizeLimit(status)) {
                    yield Code.BAD_REQUEST;
                }
                yield call == Call.WRITE ? Code.UNKNOWN_OUTCOME : Code.OVERLOADED;
            }
            case UNAVAILABLE -> neverConnected(status) ? Code.UNAVAILABLE : answerLost(call);
            case OK, CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, ABORTED, INTERNAL, DATA_LOSS -> answerLost(call);
        };
    }

    private static String explained(Status status, String seen) {
        if (status.getCode() == Status.Code.UNIMPLEMENTED) {
            return "no gemel.v1 registry answers at this address ("
                    + seen.lines().findFirst().orElse("")
                    + "); clients connect to the client port: 1000 above that of HTTP, 1 below that of servers";
        }
        if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED && overSizeLimit(status)) {
            return "message: over the size limit (" + seen + "; expected: at most " + DoorServer.MESSAGE_BYTES_MAX
                    + " bytes in a request)";
        }
        return neverConnected(status) ? "no connection (" + seen + ")" : seen;
    }

    private static Code answerLost(Call call) {
        return switch (call) {
            case READ -> Code.UNAVAILABLE;
            case WRITE -> Code.UNKNOWN_OUTCOME;
        };
    }

    /** gRPC tells its size limit from other exhausted resources by the text alone. */
    private static boolean overSizeLimit(Status status) {
        String description = status.getDescription();
        return description != null && description.contains("exceeds maximum size");
    }

    /** Whether {@code refusal} says that there was no connection at all: the address is unknown, or nobody listens there. */
    public static boolean neverConnected(RegistryException refusal) {
        return neverConnected(refusal.getCause());
    }

    /** Whether the request cannot have left this process. Else UNAVAILABLE may also mean a connection that broke later. */
    private static boolean neverConnected(Status status) {
        return neverConnected(status.getCause());
    }

    private static boolean neverConnected(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof NoRouteToHostException
                    || cause instanceof UnknownHostException
                    || cause instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    private static Optional<Code> code(@Nullable String name) {
        for (Code code : Code.values()) {
            if (code.name().equals(name)) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }

    private static String causeOf(String description, @Nullable String whatToDo) {
        String end = SEPARATOR + whatToDo;
        return description.endsWith(end) ? description.substring(0, description.length() - end.length()) : description;
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
