package io.gemel.consistency.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.gemel.consistency.wire.BackupBlock;
import io.gemel.consistency.wire.BackupFooter;
import io.gemel.consistency.wire.BackupHeader;
import io.gemel.consistency.wire.StoredRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The format of backup files, which {@code backup.proto} describes: made a frame at a time, and read as a whole, in constant memory.
 *
 * <p>It knows records as keys and values, so that a new kind of record needs no new format.
 */
public final class BackupFile {
    /** The newest format that this version reads, and the one that it writes. */
    static final int FORMAT = 1;

    static final byte[] MAGIC = "GEMELBAK".getBytes(StandardCharsets.US_ASCII);

    /** A block is closed once it has this much; a record on its own may be larger. */
    static final int BLOCK_BYTES = 256 * 1024;

    private static final int FRAME_BYTES_MAX = 8 * 1024 * 1024;
    private static final int FRAME_HEAD_BYTES = 9;

    private BackupFile() {}

    /**
     * What a backup says of itself, once all of it was read and found whole.
     *
     * @param revision the log index at which it is consistent
     * @param created by the wall clock of the node that wrote it
     * @param records how many it has, of all kinds
     * @param instances how many of them are persistent instances
     * @param services how many services these are of
     * @param contentHash the sum of the records' hashes
     */
    public record Contents(
            String cluster,
            String node,
            long revision,
            Instant created,
            long records,
            long instances,
            long services,
            long contentHash,
            long bytes) {}

    /** Says why a file is no backup that this version can use: what it expected, and at which byte. */
    public static final class BadBackupException extends IOException {
        private static final long serialVersionUID = 1;

        BadBackupException(String message) {
            super(message);
        }
    }

    /** Takes what a backup holds, in order. */
    interface Records {
        void accept(StoredRecord entry) throws IOException;
    }

    /** Reads {@code in} to its end, and throws {@link BadBackupException} unless that is one whole backup. */
    public static Contents verify(InputStream in) throws IOException {
        return read(in, entry -> {});
    }

    /** Hands each record over before it is known whether the file is whole: {@link BadBackupException} tells that it is not. */
    static Contents read(InputStream in, Records to) throws IOException {
        return new Reader(in, to).read();
    }

    /** Writes a backup, a piece of the file at a time. Not thread-safe. */
    static final class Writer {
        private final Tally tally = new Tally();

        byte[] header(String cluster, String node, long revision, Instant created) {
            byte[] frame = frame(
                    'H',
                    BackupHeader.newBuilder()
                            .setFormat(FORMAT)
                            .setCluster(cluster)
                            .setNode(node)
                            .setRevision(revision)
                            .setCreatedMillis(created.toEpochMilli())
                            .build());
            return ByteBuffer.allocate(MAGIC.length + frame.length)
                    .put(MAGIC)
                    .put(frame)
                    .array();
        }

        byte[] block(List<StoredRecord> records) {
            records.forEach(tally::add);
            return frame('B', BackupBlock.newBuilder().addAllRecords(records).build());
        }

        byte[] footer() {
            return frame(
                    'F',
                    BackupFooter.newBuilder()
                            .setRecords(tally.records)
                            .setContentHash(tally.hash)
                            .build());
        }

        private static byte[] frame(char kind, MessageLite message) {
            byte[] body = message.toByteArray();
            ByteBuffer frame = ByteBuffer.allocate(FRAME_HEAD_BYTES + body.length);
            frame.put((byte) kind).putInt(body.length).putInt(checksum((byte) kind, body));
            return frame.put(body).array();
        }
    }

    static int checksum(byte kind, byte[] body) {
        CRC32C sum = new CRC32C();
        sum.update(ByteBuffer.allocate(5).put(kind).putInt(body.length).flip());
        sum.update(body);
        return (int) sum.getValue();
    }

    /** Counts records and adds up their hashes. */
    static final class Tally {
        private long records;
        private long instances;
        private long services;
        private long hash;
        private ByteString service = ByteString.EMPTY;

        void add(StoredRecord entry) {
            ByteString key = entry.getKey();
            records++;
            hash += StateStore.hash(key.toByteArray(), entry.getValue().toByteArray());
            if (key.byteAt(0) >= ' ') {
                instances++;
                ByteString of = key.substring(0, serviceEnd(key));
                services += of.equals(service) ? 0 : 1;
                service = of;
            }
        }

        /** An instance's key is its namespace, group, service and address, with a byte 0 between them. */
        private static int serviceEnd(ByteString key) {
            int parts = 0;
            for (int i = 0; i < key.size(); i++) {
                if (key.byteAt(i) == 0 && ++parts == 3) {
                    return i;
                }
            }
            return key.size();
        }

        long records() {
            return records;
        }

        long instances() {
            return instances;
        }

        long services() {
            return services;
        }

        long hash() {
            return hash;
        }
    }

    private static final class Reader {
        private final InputStream in;
        private final Records to;
        private final Tally tally = new Tally();
        private long at;
        private @Nullable ByteString last;

        Reader(InputStream in, Records to) {
            this.in = in;
            this.to = to;
        }

        Contents read() throws IOException {
            byte[] magic = bytes(MAGIC.length);
            if (!new String(magic, StandardCharsets.US_ASCII).equals(new String(MAGIC, StandardCharsets.US_ASCII))) {
                throw new BadBackupException("it is no backup of gemel: it does not begin with GEMELBAK");
            }
            BackupHeader header = header();
            for (byte[] frame = frame(); true; frame = frame()) {
                if (frame[0] == 'F') {
                    end(BackupFooter.parseFrom(body(frame)));
                    return new Contents(
                            header.getCluster(),
                            header.getNode(),
                            header.getRevision(),
                            Instant.ofEpochMilli(header.getCreatedMillis()),
                            tally.records(),
                            tally.instances(),
                            tally.services(),
                            tally.hash(),
                            at);
                }
                block(frame);
            }
        }

        private BackupHeader header() throws IOException {
            byte[] frame = frame();
            if (frame[0] != 'H') {
                throw damaged("it has no header");
            }
            BackupHeader header = BackupHeader.parseFrom(body(frame));
            if (header.getFormat() < 1 || header.getFormat() > FORMAT) {
                throw new BadBackupException("it has format " + header.getFormat() + " (expected: 1.." + FORMAT
                        + "); use the version of gemel that wrote it, or a newer one");
            }
            return header;
        }

        private void block(byte[] frame) throws IOException {
            if (frame[0] != 'B') {
                throw damaged("a frame of kind " + frame[0]);
            }
            try {
                for (StoredRecord entry : BackupBlock.parseFrom(body(frame)).getRecordsList()) {
                    ByteString key = entry.getKey();
                    if (key.isEmpty()
                            || (last != null
                                    && ByteString.unsignedLexicographicalComparator()
                                                    .compare(last, key)
                                            >= 0)) {
                        throw damaged("records that are not in the order of their keys");
                    }
                    last = key;
                    tally.add(entry);
                    to.accept(entry);
                }
            } catch (InvalidProtocolBufferException e) {
                throw damaged("a block that cannot be read");
            }
        }

        private void end(BackupFooter footer) throws IOException {
            if (footer.getRecords() != tally.records() || footer.getContentHash() != tally.hash()) {
                throw damaged("%d records with the hash %x (expected: %d with %x)"
                        .formatted(tally.records(), tally.hash(), footer.getRecords(), footer.getContentHash()));
            }
            if (in.read() >= 0) {
                throw damaged("more after its end");
            }
        }

        /** The kind, then the message, of the next frame. */
        private byte[] frame() throws IOException {
            ByteBuffer head = ByteBuffer.wrap(bytes(FRAME_HEAD_BYTES));
            byte kind = head.get();
            int length = head.getInt();
            int expected = head.getInt();
            if (length < 0 || length > FRAME_BYTES_MAX) {
                throw damaged("a frame of " + length + " bytes (expected: 0.." + FRAME_BYTES_MAX + ")");
            }
            byte[] body = bytes(length);
            if (checksum(kind, body) != expected) {
                throw damaged("a frame whose checksum differs");
            }
            return ByteBuffer.allocate(1 + length).put(kind).put(body).array();
        }

        private static ByteString body(byte[] frame) {
            return ByteString.copyFrom(frame, 1, frame.length - 1);
        }

        private byte[] bytes(int count) throws IOException {
            byte[] bytes = in.readNBytes(count);
            at += bytes.length;
            if (bytes.length < count) {
                throw damaged("its end is missing");
            }
            return bytes;
        }

        private BadBackupException damaged(String what) {
            return new BadBackupException("it is damaged, before byte " + at + ": " + what);
        }
    }
}
