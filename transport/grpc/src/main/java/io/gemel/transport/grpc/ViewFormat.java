package io.gemel.transport.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.gemel.naming.ServiceView;
import io.gemel.naming.ViewDelta;
import io.gemel.transport.grpc.v1.FindResponse;
import io.gemel.transport.grpc.v1.ServerMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A view as the bytes of the message {@code gemel.v1.ServiceView}, and what has changed of one as {@code gemel.v1.ViewDelta}: made
 * once, shared by every answer and every push.
 *
 * <p>The messages that hold a view or a delta hold nothing else, so each is a field tag and a length before the shared bytes.
 */
final class ViewFormat implements io.gemel.naming.WireFormat<ByteString>, ViewDelta.Format<ByteString> {
    /** The one format of this door; views remember their bytes by its identity. */
    static final ViewFormat V1 = new ViewFormat();

    private ViewFormat() {}

    @Override
    public ByteString encode(ServiceView view) {
        return Codec.encode(view).toByteString();
    }

    @Override
    public ByteString encode(ViewDelta delta) {
        return DeltaCodec.encode(delta).toByteString();
    }

    /** The bytes of a {@link FindResponse} with {@code view}, to be sent once. */
    static InputStream findResponse(ServiceView view) {
        return field(FindResponse.VIEW_FIELD_NUMBER, view.as(V1));
    }

    /** The bytes of a {@link ServerMessage} with {@code view}, to be sent once. */
    static InputStream serverMessage(ServiceView view) {
        return field(ServerMessage.VIEW_FIELD_NUMBER, view.as(V1));
    }

    /** The bytes of a {@link ServerMessage} that makes {@code view} of {@code sent}, to be sent once; whole if that is no longer. */
    static InputStream serverMessage(ServiceView sent, ServiceView view) {
        return view.since(sent, V1)
                .map(delta -> field(ServerMessage.VIEW_DELTA_FIELD_NUMBER, delta))
                .orElseGet(() -> serverMessage(view));
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
