package io.gemel.transport.grpc;

import com.google.protobuf.ByteString;
import io.gemel.naming.ServiceView;
import io.gemel.naming.WireFormat;

/** A view as the bytes of the message {@code gemel.v1.ServiceView}: made once, shared by every answer and every push. */
final class ViewFormat implements WireFormat<ByteString> {
    /** The one format of this door; views remember their bytes by its identity. */
    static final ViewFormat V1 = new ViewFormat();

    private ViewFormat() {}

    @Override
    public ByteString encode(ServiceView view) {
        return Codec.encode(view).toByteString();
    }
}
