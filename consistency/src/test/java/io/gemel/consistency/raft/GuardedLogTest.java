package io.gemel.consistency.raft;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.codec.v2.LogEntryV2CodecFactory;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import io.gemel.naming.ManualTicker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is committed is never replaced in a node's log. */
class GuardedLogTest {
    private static final String GROUP = "guarded-log-test";

    @TempDir
    Path directory;

    private GuardedLog log;

    @BeforeEach
    void openWithThreeEntries() throws Exception {
        NativeLibrary.load(directory);
        open();
        for (long index = 1; index <= 3; index++) {
            assertThat(log.appendEntry(entry(index))).isTrue();
        }
    }

    private void open() {
        HighWaterMark mark = new HighWaterMark(directory.resolve("raft.high-water"));
        log = new GuardedLog(directory.resolve("log").toString(), new RaftOptions(), mark, new ManualTicker());
        LogStorageOptions options = new LogStorageOptions();
        options.setGroupId(GROUP);
        options.setConfigurationManager(new ConfigurationManager());
        options.setLogEntryCodecFactory(LogEntryV2CodecFactory.getInstance());
        assertThat(log.init(options)).isTrue();
    }

    @AfterEach
    void close() {
        log.shutdown();
    }

    @Test
    void aLeaderMayAppendAfterwardsWhatItsFollowersMadeCommitted() {
        log.applied(4);

        assertThat(log.appendEntry(entry(4))).isTrue();
        assertThat(log.stored()).isEqualTo(4);
    }

    /** RocksDB deletes old files when it has been opened, and a directory may list one that is gone when it is asked for. */
    @Test
    void opensAlsoIfAFileGoesMeanwhile() throws IOException {
        log.shutdown();
        Path files = directory.resolve("log");
        Files.createSymbolicLink(files.resolve("listed.sst"), files.resolve("gone"));

        open();

        assertThat(log.stored()).isEqualTo(3);
        assertThat(log.appendedBytes()).isPositive();
    }

    @Test
    void aCommittedEntryIsNotReplaced() {
        log.applied(2);

        assertThat(log.appendEntry(entry(2))).isFalse();
        assertThat(log.truncateSuffix(1)).isFalse();
        assertThat(log.stored()).isEqualTo(3);
    }

    @Test
    void whatNobodyCommittedMayBeReplaced() {
        log.applied(2);

        assertThat(log.truncateSuffix(2)).isTrue();
        assertThat(log.appendEntry(entry(3))).isTrue();
        assertThat(log.stored()).isEqualTo(3);
    }

    @Test
    void theNewestEntriesAreAsTheyWereAppendedChecksumIncluded() {
        LogEntry appended = entry(4);
        appended.setChecksum(appended.checksum());
        assertThat(log.appendEntry(appended)).isTrue();

        LogEntry found = requireNonNull(log.getEntry(4));
        assertThat(found.getId()).isEqualTo(new LogId(4, 1));
        assertThat(found.getData()).isEqualTo(appended.getData());
        assertThat(found.hasChecksum()).isTrue();
        assertThat(found.getChecksum()).isEqualTo(appended.checksum());
        assertThat(log.getEntry(5)).isNull();
    }

    @Test
    void anEntryIsFoundWhetherItIsAmongTheNewestOrNot() {
        for (long index = 4; index <= 40; index++) {
            assertThat(log.appendEntry(entry(index))).isTrue();
        }

        for (long index = 1; index <= 40; index++) {
            assertThat(requireNonNull(log.getEntry(index)).getId()).isEqualTo(new LogId(index, 1));
        }
    }

    @Test
    void theLastEntryIsDecodedOnceHoweverLargeItIs() {
        LogEntry large = entry(4);
        large.setData(ByteBuffer.allocate(200 * 1024));
        large.setChecksum(large.checksum());
        assertThat(log.appendEntry(large)).isTrue();

        LogEntry found = requireNonNull(log.getEntry(4));
        assertThat(found.getData()).isEqualTo(large.getData());
        assertThat(log.getEntry(4)).isSameAs(found);

        log.shutdown();
        open();
        LogEntry read = requireNonNull(log.getEntry(4));
        assertThat(read.getChecksum()).isEqualTo(large.getChecksum());
        assertThat(log.getEntry(4)).isSameAs(log.getEntry(4));

        assertThat(log.truncateSuffix(3)).isTrue();
        assertThat(log.appendEntry(entry(4, 2))).isTrue();
        assertThat(requireNonNull(log.getEntry(4)).getId()).isEqualTo(new LogId(4, 2));
    }

    @Test
    void whatWasCutIsNotRemembered() {
        assertThat(log.truncateSuffix(2)).isTrue();
        assertThat(log.getEntry(3)).isNull();

        assertThat(log.appendEntry(entry(3, 2))).isTrue();
        assertThat(log.getTerm(3)).isEqualTo(2);

        assertThat(log.truncatePrefix(3)).isTrue();
        await().untilAsserted(
                        () -> assertThat(log.getEntry(2)).isNull()); // JRaft deletes what is before in the background
        assertThat(log.reset(10)).isTrue();
        assertThat(log.getEntry(3)).isNull();
    }

    private static LogEntry entry(long index) {
        return entry(index, 1);
    }

    private static LogEntry entry(long index, long term) {
        LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_DATA);
        entry.setId(new LogId(index, term));
        entry.setData(ByteBuffer.wrap(new byte[] {1}));
        return entry;
    }
}
