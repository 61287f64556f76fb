package io.gemel.consistency.wire;

import io.gemel.naming.RegistryException;
import java.util.Arrays;

/** Translates between refusals and what servers tell each other of them. */
public final class RefusalCodec {
    private RefusalCodec() {}

    /** How {@code failure} is told to another server. */
    public static Refused encode(Throwable failure) {
        RegistryException.Code code =
                failure instanceof RegistryException refusal ? refusal.code() : RegistryException.Code.UNKNOWN_OUTCOME;
        return Refused.newBuilder()
                .setCode(code.name())
                .setMessage(String.valueOf(failure.getMessage()))
                .build();
    }

    /** What another server refused with; a code that this version does not know leaves open what was done. */
    public static RegistryException decode(Refused refused) {
        RegistryException.Code code = Arrays.stream(RegistryException.Code.values())
                .filter(known -> known.name().equals(refused.getCode()))
                .findAny()
                .orElse(RegistryException.Code.UNKNOWN_OUTCOME);
        return new RegistryException(code, refused.getMessage());
    }
}
