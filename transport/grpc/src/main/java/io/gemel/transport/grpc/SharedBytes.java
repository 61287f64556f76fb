package io.gemel.transport.grpc;

import com.google.protobuf.ByteString;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** One sending of bytes that others send too. gRPC copies them straight to its buffer; nothing is encoded again. */
final class SharedBytes extends InputStream implements KnownLength, Drainable {
    private final ByteString bytes;
    private int position;

    SharedBytes(ByteString bytes) {
        this.bytes = bytes;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        int drained = available();
        bytes.substring(position).writeTo(target);
        position = bytes.size();
        return drained;
    }

    @Override
    public int available() {
        return bytes.size() - position;
    }

    @Override
    public int read() {
        return available() == 0 ? -1 : bytes.byteAt(position++) & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        int count = Math.min(length, available());
        if (count == 0) {
            return length == 0 ? 0 : -1;
        }
        bytes.substring(position, position + count).copyTo(target, offset);
        position += count;
        return count;
    }
}
