package io.gemel.consistency.lease;

import static java.util.Objects.requireNonNullElse;

import io.gemel.consistency.wire.InstanceCodec;
import io.gemel.consistency.wire.LeaseAnswer;
import io.gemel.consistency.wire.LeaseQuestion;
import io.gemel.consistency.wire.RefusalCodec;
import io.gemel.consistency.wire.RegisterLease;
import io.gemel.naming.Durability;
import io.gemel.naming.LeaseRequest;
import io.gemel.naming.LeaseTimes;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Translates between what is asked of leases and what servers send each other. */
final class LeaseCodec {
    private LeaseCodec() {}

    static LeaseQuestion encode(LeaseRequest request) {
        LeaseQuestion.Builder question = LeaseQuestion.newBuilder().setService(InstanceCodec.encode(request.service()));
        if (request instanceof LeaseRequest.Register register) {
            question.setRegister(RegisterLease.newBuilder()
                    .setInstance(InstanceCodec.encode(register.instance()))
                    .setUnhealthyAfterMs(register.times().unhealthyAfter().toMillis())
                    .setRemovedAfterMs(register.times().removedAfter().toMillis()));
        } else if (request instanceof LeaseRequest.Renew renew) {
            question.setRenew(InstanceCodec.encode(renew.key()));
        } else {
            question.setDeregister(InstanceCodec.encode(request.key()));
        }
        return question.build();
    }

    /** Throws {@link RegistryException} with {@code BAD_REQUEST} if it is none that this version knows. */
    static LeaseRequest decode(LeaseQuestion question) {
        ServiceId service = InstanceCodec.decode(question.getService());
        return switch (question.getWhatCase()) {
            case REGISTER -> {
                RegisterLease register = question.getRegister();
                yield new LeaseRequest.Register(
                        service,
                        InstanceCodec.decode(register.getInstance(), Durability.EPHEMERAL),
                        new LeaseTimes(
                                Duration.ofMillis(register.getUnhealthyAfterMs()),
                                Duration.ofMillis(register.getRemovedAfterMs())));
            }
            case RENEW -> new LeaseRequest.Renew(service, InstanceCodec.decode(question.getRenew()));
            case DEREGISTER -> new LeaseRequest.Deregister(service, InstanceCodec.decode(question.getDeregister()));
            case WHAT_NOT_SET ->
                throw new RegistryException(RegistryException.Code.BAD_REQUEST, "a question of a newer version");
        };
    }

    static LeaseAnswer encode(Optional<Written> written) {
        LeaseAnswer.Builder answer = LeaseAnswer.newBuilder();
        written.ifPresentOrElse(there -> answer.setWritten(there.revision()), () -> answer.setUnknown(true));
        return answer.build();
    }

    static LeaseAnswer refused(Throwable failure) {
        // A future that depends on another one fails with that one's failure wrapped.
        Throwable cause =
                failure instanceof CompletionException ? requireNonNullElse(failure.getCause(), failure) : failure;
        return LeaseAnswer.newBuilder().setRefused(RefusalCodec.encode(cause)).build();
    }

    /** Throws {@link RegistryException} if it was refused. */
    static Optional<Written> decode(LeaseAnswer answer) {
        return switch (answer.getAnswerCase()) {
            case WRITTEN -> Optional.of(new Written(answer.getWritten()));
            case UNKNOWN -> Optional.empty();
            case REFUSED -> throw RefusalCodec.decode(answer.getRefused());
            case ANSWER_NOT_SET ->
                throw new RegistryException(RegistryException.Code.UNKNOWN_OUTCOME, "an answer of a newer version");
        };
    }
}
