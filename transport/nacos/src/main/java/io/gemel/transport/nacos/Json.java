package io.gemel.transport.nacos;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** How JSON is written and with which limits it is read. Stateless; any thread. */
final class Json {
    private static final int DEPTH_MAX = 32;
    private static final int TEXT_LENGTH_MAX = 4 * 1024 * 1024; // what a message may have
    private static final int NUMBER_LENGTH_MAX = 64;
    private static final int SIZE_USUAL = 256;

    /** Field names are not interned: those of metadata are a stranger's. */
    static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxStringLength(TEXT_LENGTH_MAX)
                    .maxNumberLength(NUMBER_LENGTH_MAX)
                    .build())
            .build();

    private Json() {}

    /** Writes one JSON value. */
    @FunctionalInterface
    interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    /** The UTF-8 bytes of what {@code writing} writes. */
    static ByteString bytes(Writing writing) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(SIZE_USUAL);
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            writing.to(json);
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes whatever is written", e);
        }
        return UnsafeByteOperations.unsafeWrap(out.toByteArray());
    }
}
