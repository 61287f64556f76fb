package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcResponseFactory;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import org.jspecify.annotations.Nullable;

/**
 * Makes a refused call's answer one of the type that its caller expects, with the error in the field that JRaft's responses
 * have for it. JRaft's own factory sends a bare error, which a typed caller cannot read.
 */
final class RaftErrors implements RpcResponseFactory {
    static final RaftErrors INSTANCE = new RaftErrors();

    private RaftErrors() {}

    @Override
    @SuppressWarnings("AnnotateFormatMethod") // without arguments it is no format but the text itself
    public Message newResponse(@Nullable Message type, int code, @Nullable String format, Object... args) {
        ErrorResponse.Builder error = ErrorResponse.newBuilder().setErrorCode(code);
        if (format != null) {
            error.setErrorMsg(args.length == 0 ? format : String.format(format, args));
        }
        FieldDescriptor field =
                type == null ? null : type.getDescriptorForType().findFieldByNumber(ERROR_RESPONSE_NUM);
        if (type == null || field == null) {
            return error.build();
        }
        Message.Builder response = type.newBuilderForType();
        for (FieldDescriptor required : type.getDescriptorForType().getFields()) {
            if (required.isRequired()) {
                response.setField(required, required.getDefaultValue());
            }
        }
        return response.setField(field, error.build()).build();
    }
}
