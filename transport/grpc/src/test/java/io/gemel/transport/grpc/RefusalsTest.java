package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.transport.grpc.Refusals.Call;
import io.gemel.transport.grpc.v1.Error;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalsTest {
    @ParameterizedTest
    @EnumSource
    void everyCodeComesBackFromAStatus(Code code) {
        StatusRuntimeException answer = Refusals.answer(new RegistryException(code, "port: 0; really"), Call.WRITE);

        assertThat(answer.getStatus().getDescription()).isEqualTo("port: 0; really; " + code.whatToDo());
        RegistryException received = Refusals.received(answer, Call.WRITE);
        assertThat(received.code()).isEqualTo(code);
        assertThat(received).hasMessage("port: 0; really");
    }

    @ParameterizedTest
    @EnumSource
    void everyCodeComesBackFromAnError(Code code) {
        Error error = Refusals.error(new RegistryException(code, "port: 0"));

        assertThat(error.getWhatToDo()).isEqualTo(code.whatToDo());
        RegistryException received = Refusals.received(error, Call.READ);
        assertThat(received.code()).isEqualTo(code);
        assertThat(received).hasMessage("port: 0");
    }

    @ParameterizedTest
    @EnumSource
    void everyCodeHasAStatusThatIsNotOk(Code code) {
        assertThat(Refusals.status(new RegistryException(code, "x")).isOk()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "OK,                  UNAVAILABLE, UNKNOWN_OUTCOME",
        "CANCELLED,           UNAVAILABLE, UNKNOWN_OUTCOME",
        "UNKNOWN,             UNAVAILABLE, UNKNOWN_OUTCOME",
        "DEADLINE_EXCEEDED,   UNAVAILABLE, UNKNOWN_OUTCOME",
        "ABORTED,             UNAVAILABLE, UNKNOWN_OUTCOME",
        "INTERNAL,            UNAVAILABLE, UNKNOWN_OUTCOME",
        "DATA_LOSS,           UNAVAILABLE, UNKNOWN_OUTCOME",
        "UNAVAILABLE,         UNAVAILABLE, UNKNOWN_OUTCOME",
        "RESOURCE_EXHAUSTED,  OVERLOADED,  UNKNOWN_OUTCOME",
        "UNIMPLEMENTED,       UNAVAILABLE, UNAVAILABLE",
        "NOT_FOUND,           NOT_FOUND,   NOT_FOUND",
        "INVALID_ARGUMENT,    BAD_REQUEST, BAD_REQUEST",
        "FAILED_PRECONDITION, BAD_REQUEST, BAD_REQUEST",
        "OUT_OF_RANGE,        BAD_REQUEST, BAD_REQUEST",
        "ALREADY_EXISTS,      BAD_REQUEST, BAD_REQUEST",
        "PERMISSION_DENIED,   BAD_REQUEST, BAD_REQUEST",
        "UNAUTHENTICATED,     BAD_REQUEST, BAD_REQUEST"
    })
    void aStatusThatIsNotOursLeavesAWriteOpenUnlessItCannotHaveHappened(Status.Code status, Code read, Code write) {
        Status seen = status.toStatus().withDescription("seen");

        assertThat(Refusals.received(seen, new Metadata(), Call.READ).code()).isEqualTo(read);
        RegistryException received = Refusals.received(seen, new Metadata(), Call.WRITE);
        assertThat(received.code()).isEqualTo(write);
        assertThat(received).hasMessageContaining("seen");
    }

    @Test
    void aRefusedConnectionIsUnavailableForAWriteToo() {
        Status status = Status.UNAVAILABLE
                .withDescription("io exception")
                .withCause(new ConnectException("Connection refused"));

        assertThat(Refusals.received(status.asRuntimeException(), Call.WRITE).code())
                .isEqualTo(Code.UNAVAILABLE);
    }

    @Test
    void anOversizedMessageIsTheCallersToCorrect() {
        Status status = Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size 4194304: 4194305");
        RegistryException received = Refusals.received(status.asRuntimeException(), Call.WRITE);

        assertThat(received.code()).isEqualTo(Code.BAD_REQUEST);
        assertThat(received).hasMessageContaining("4194304");
    }

    @Test
    void aCodeOfANewerServerIsJudgedByItsStatus() {
        Metadata trailers = new Metadata();
        trailers.put(Refusals.CODE, "BRAND_NEW");

        assertThat(Refusals.received(Status.INVALID_ARGUMENT, trailers, Call.WRITE)
                        .code())
                .isEqualTo(Code.BAD_REQUEST);
        Error error = Error.newBuilder().setCode("BRAND_NEW").build();
        assertThat(Refusals.received(error, Call.WRITE).code()).isEqualTo(Code.UNKNOWN_OUTCOME);
    }

    @Test
    void whatFuturesWrapIsUnwrapped() {
        RegistryException refusal = new RegistryException(Code.NOT_FOUND, "x");

        assertThat(Refusals.received(new CompletionException(new ExecutionException(refusal)), Call.READ))
                .isSameAs(refusal);
        assertThat(Refusals.answer(new CompletionException(refusal), Call.READ)
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(Refusals.received(new CompletionException(new TimeoutException()), Call.WRITE)
                        .code())
                .isEqualTo(Code.UNKNOWN_OUTCOME);
    }

    @Test
    void ourOwnFailuresAreInternalAndKeepTheirTextToTheLog() {
        StatusRuntimeException answer = Refusals.answer(new IllegalStateException("secret"), Call.WRITE);

        assertThat(answer.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(answer.getStatus().getDescription()).doesNotContain("secret");
        assertThat(Refusals.received(answer, Call.WRITE).code()).isEqualTo(Code.UNKNOWN_OUTCOME);
        assertThat(Refusals.received(Refusals.answer(new IllegalStateException("secret"), Call.READ), Call.READ)
                        .code())
                .isEqualTo(Code.UNAVAILABLE);
    }
}
