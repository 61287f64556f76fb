package io.gemel.transport.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.gemel.naming.ServiceView;
import io.gemel.transport.grpc.v1.FindResponse;
import io.gemel.transport.grpc.v1.ServerMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A view as the bytes of the message {@code gemel.v1.ServiceView}: made once, shared by every answer and every push.
 *
 * <p>The two messages that hold a view hold nothing else, so each is a field tag and a length before the shared bytes.
 */
final class ViewFormat implements io.gemel.naming.WireFormat<ByteString> {
    /** The one format of this door; views remember their bytes by its identity. */
    static final ViewFormat V1 = new ViewFormat();

    private ViewFormat() {}

    @Override
    public ByteString encode(ServiceView view) {
        return Codec.encode(view).toByteString();
    }

    /** The bytes of a {@link FindResponse} with {@code view}, to be sent once. */
    static InputStream findResponse(ServiceView view) {
        return field(FindResponse.VIEW_FIELD_NUMBER, view.as(V1));
    }

    /** The bytes of a {@link ServerMessage} with {@code view}, to be sent once. */
    static InputStream serverMessage(ServiceView view) {
        return field(ServerMessage.VIEW_FIELD_NUMBER, view.as(V1));
    }

    private static InputStream field(int number, ByteString content) {
        byte[] prefix = new byte
                [CodedOutputStream.computeTagSize(number) + CodedOutputStream.computeUInt32SizeNoTag(content.size())];
        CodedOutputStream out = CodedOutputStream.newInstance(prefix);
        try {
            out.writeTag(number, com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(content.size());
        } catch (IOException e) {
            throw new UncheckedIOException("the prefix has the size it needs", e);
        }
        return new SharedBytes(UnsafeByteOperations.unsafeWrap(prefix).concat(content));
    }
}
