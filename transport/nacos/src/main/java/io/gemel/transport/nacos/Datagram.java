package io.gemel.transport.nacos;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** What a client of Nacos 1.x is sent of a list, as far as it goes into one datagram. Stateless; any thread. */
final class Datagram {
    static final int BYTES_MAX = 65_000;
    private static final int ZIPPED_FROM_BYTES = 1_024;

    private Datagram() {}

    /**
     * The bytes of a push; empty if they are too many.
     *
     * @param id what the client acknowledges
     * @param list JSON
     */
    static Optional<ByteString> of(long id, ByteString list) {
        if (list.size() < ZIPPED_FROM_BYTES) {
            ByteString plain = Json.bytes(json -> write(json, id, list.newInput()));
            if (plain.size() < ZIPPED_FROM_BYTES) {
                return Optional.of(plain);
            }
        }
        return zipped(id, list.newInput());
    }

    /** How far a long list can be compressed nobody knows before it is done: so it is read no further than its bytes go into a datagram. */
    static Optional<ByteString> zipped(long id, InputStream list) {
        ByteString.Output out = ByteString.newOutput();
        try (JsonGenerator json = Json.FACTORY.createGenerator(new GZIPOutputStream(new Bounded(out)))) {
            write(json, id, list);
        } catch (TooLarge full) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes whatever is written", e);
        }
        return Optional.of(out.toByteString());
    }

    private static void write(JsonGenerator json, long id, InputStream list) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "dom");
        json.writeFieldName("data");
        json.writeString(new InputStreamReader(list, StandardCharsets.UTF_8), -1);
        json.writeNumberField("lastRefTime", id);
        json.writeEndObject();
    }

    /** Takes as many bytes as go into a datagram; with the next ones it says so, once, and drops what the end of the zipping still brings. */
    private static final class Bounded extends FilterOutputStream {
        private int left = BYTES_MAX;

        Bounded(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            if (fits(1)) {
                out.write(b);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (fits(length)) {
                out.write(bytes, offset, length);
            }
        }

        private boolean fits(int length) throws TooLarge {
            if (left < 0) {
                return false;
            }
            left -= length;
            if (left < 0) {
                throw new TooLarge();
            }
            return true;
        }
    }

    /** There is no room left. */
    private static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1;

        TooLarge() {
            super("more than " + BYTES_MAX + " bytes");
        }
    }
}
