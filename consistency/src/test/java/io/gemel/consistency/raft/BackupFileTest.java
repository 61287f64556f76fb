package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.StoredRecord;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackupFileTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final List<StoredRecord> RECORDS = List.of(
            entry(StoreKeys.service(ServiceId.of("db")), "settings"),
            entry(StoreKeys.instance(ServiceId.of("db"), key(1)), "one"),
            entry(StoreKeys.instance(ServiceId.of("db"), key(2)), "two"),
            entry(StoreKeys.instance(ServiceId.of("web"), key(1)), "three"));

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        List<StoredRecord> read = new ArrayList<>();
        BackupFile.Contents contents = BackupFile.read(in(file(RECORDS)), read::add);

        assertThat(read).isEqualTo(RECORDS);
        assertThat(contents.cluster()).isEqualTo("blue");
        assertThat(contents.node()).isEqualTo("s1");
        assertThat(contents.revision()).isEqualTo(42);
        assertThat(contents.created()).isEqualTo(NOW);
        assertThat(contents.records()).isEqualTo(4);
        assertThat(contents.instances()).isEqualTo(3);
        assertThat(contents.services()).isEqualTo(2);
    }

    @Test
    void aBackupOfNothingIsABackup() throws Exception {
        assertThat(BackupFile.verify(in(file(List.of()))).records()).isZero();
    }

    @Test
    void noByteCanBeChangedOrLeftOutOrAdded() throws Exception {
        byte[] whole = file(RECORDS);
        SplittableRandom random = new SplittableRandom(7);
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            assertRefused(flipped);
            assertRefused(Arrays.copyOf(whole, at));
        }
        assertRefused(Arrays.copyOf(whole, whole.length + 1));
    }

    @Test
    void recordsOutOfOrderAreRefused() {
        List<StoredRecord> turned = List.of(RECORDS.get(1), RECORDS.get(0));
        assertThatThrownBy(() -> BackupFile.verify(in(file(turned)))).hasMessageContaining("order of their keys");
    }

    @Test
    void aNewerFormatIsRefusedByItsNumber() throws Exception {
        byte[] newer = file(RECORDS);
        // The header's first field is the format; a version that only adds frames would still change it.
        int at = BackupFile.MAGIC.length + 9 + 1;
        assertThat(newer[at]).isEqualTo((byte) BackupFile.FORMAT);
        newer[at] = (byte) (BackupFile.FORMAT + 1);
        byte[] body = Arrays.copyOfRange(newer, BackupFile.MAGIC.length + 9, headerEnd(newer));
        byte[] checksum = ByteBuffer.allocate(4)
                .putInt(BackupFile.checksum((byte) 'H', body))
                .array();
        System.arraycopy(checksum, 0, newer, BackupFile.MAGIC.length + 5, 4);

        assertThatThrownBy(() -> BackupFile.verify(in(newer)))
                .isInstanceOf(BackupFile.BadBackupException.class)
                .hasMessageContaining("format 2 (expected: 1..1)")
                .hasMessageContaining("newer");
    }

    /** Written by the first version that had backups. What reads it later must find the same in it. */
    @Test
    void theSampleOfFormatOneIsReadByThisVersion() throws Exception {
        try (InputStream sample = BackupFileTest.class.getResourceAsStream("backup-format-1")) {
            assertThat(sample).isNotNull();
            List<Effect> effects = new ArrayList<>();
            BackupFile.Contents contents = BackupFile.read(
                    sample,
                    entry -> effects.add(Effect.stored(
                            entry.getKey().toByteArray(),
                            Optional.of(entry.getValue().toByteArray()))));

            assertThat(contents.cluster()).isEqualTo("sample");
            assertThat(contents.revision()).isEqualTo(7);
            assertThat(contents.contentHash()).isEqualTo(0x5dbc4acdb59d4783L);
            assertThat(effects)
                    .filteredOn(effect -> effect instanceof Effect.OfInstance)
                    .map(effect ->
                            ((Effect.OfInstance) effect).now().orElseThrow().instance())
                    .containsExactly(
                            Instance.persistent("10.0.0.1", 5432)
                                    .withWeight(2.5)
                                    .withMetadata("zone", "a"),
                            Instance.persistent("2001:db8::1", 80).withEnabled(false));
        }
    }

    private static int headerEnd(byte[] file) {
        int length = ByteBuffer.wrap(file, BackupFile.MAGIC.length + 1, 4).getInt();
        return BackupFile.MAGIC.length + 9 + length;
    }

    private static void assertRefused(byte[] file) {
        assertThatThrownBy(() -> BackupFile.verify(in(file)))
                .as("%d bytes", file.length)
                .isInstanceOf(IOException.class);
    }

    private static InputStream in(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    /** A block for each record. */
    static byte[] file(List<StoredRecord> records) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BackupFile.Writer writer = new BackupFile.Writer();
        out.write(writer.header("blue", "s1", 42, NOW));
        for (StoredRecord entry : records) {
            out.write(writer.block(List.of(entry)));
        }
        out.write(writer.footer());
        return out.toByteArray();
    }

    private static InstanceKey key(int host) {
        return Instance.persistent("10.0.0." + host, 80).key();
    }

    private static StoredRecord entry(ByteString key, String value) {
        return StoredRecord.newBuilder()
                .setKey(key)
                .setValue(ByteString.copyFromUtf8(value))
                .build();
    }
}
