package io.gemel.transport.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.gemel.transport.grpc.v1.FindResponse;
import io.gemel.transport.grpc.v1.PipelinedAnswer;
import io.gemel.transport.grpc.v1.PipelinedAnswers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Answers of a pipeline that are to leave as one message, encoded as they come. Large views are shared and not copied. Not thread-safe. */
final class PipelineAnswers {
    private static final int COPIED_MAX = 4 * 1024;
    private static final int BUFFER = 512;

    private final ByteString.Output copied = ByteString.newOutput(BUFFER);
    private final CodedOutputStream out = CodedOutputStream.newInstance(copied, BUFFER);
    private ByteString whole = ByteString.EMPTY;
    private int size;

    /** How many bytes they have so far. */
    int size() {
        return size;
    }

    void add(PipelinedAnswer answer) {
        try {
            out.writeMessage(PipelinedAnswers.ANSWERS_FIELD_NUMBER, answer);
        } catch (IOException e) {
            throw inMemory(e);
        }
        size += answer.getSerializedSize();
    }

    /** As {@link #add} of what {@link PipelinedAnswer#getFound} of the call {@code id} is, whose view has these bytes. */
    void found(long id, ByteString view) {
        int found = sizeWith(FindResponse.VIEW_FIELD_NUMBER, view.size());
        int answer = CodedOutputStream.computeUInt64Size(PipelinedAnswer.ID_FIELD_NUMBER, id)
                + sizeWith(PipelinedAnswer.FOUND_FIELD_NUMBER, found);
        try {
            begin(PipelinedAnswers.ANSWERS_FIELD_NUMBER, answer);
            out.writeUInt64(PipelinedAnswer.ID_FIELD_NUMBER, id);
            begin(PipelinedAnswer.FOUND_FIELD_NUMBER, found);
            begin(FindResponse.VIEW_FIELD_NUMBER, view.size());
            if (view.size() <= COPIED_MAX) {
                out.writeRawBytes(view);
            } else {
                share(view);
            }
        } catch (IOException e) {
            throw inMemory(e);
        }
        size += answer;
    }

    void draining() {
        try {
            out.writeBool(PipelinedAnswers.DRAINING_FIELD_NUMBER, true);
        } catch (IOException e) {
            throw inMemory(e);
        }
    }

    /** The message, to be sent once; nothing may be added any more. */
    InputStream message() {
        share(ByteString.EMPTY);
        return new SharedBytes(whole);
    }

    private void begin(int field, int length) throws IOException {
        out.writeTag(field, com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(length);
    }

    private void share(ByteString bytes) {
        try {
            out.flush();
        } catch (IOException e) {
            throw inMemory(e);
        }
        whole = whole.concat(copied.toByteString()).concat(bytes);
        copied.reset();
    }

    private static int sizeWith(int field, int length) {
        return CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt32SizeNoTag(length) + length;
    }

    private static UncheckedIOException inMemory(IOException failure) {
        return new UncheckedIOException("writing to memory", failure);
    }
}
