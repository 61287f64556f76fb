package io.gemel.consistency.distro;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.Changes;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How a node's origin is cut into messages. */
class OriginLogTest {
    private final OriginLog log = new OriginLog(100);

    @Test
    void aMessageEndsWhereAChangeEnds() {
        change(0, 10);
        change(10, 1_000);
        change(1_010, 10);

        Changes first = log.after(0, 512).build();
        Changes second = log.after(first.getLast(), 512).build();

        assertThat(first.getChangeCount())
                .as("a batch begun within the limit is sent whole")
                .isEqualTo(1_010);
        assertThat(second.getChangeCount()).isEqualTo(10);
        assertThat(second.getLast()).isEqualTo(log.sequence());
    }

    @Test
    void changesOfTheirOwnAreCutAtTheLimit() {
        for (int key = 0; key < 1_000; key++) {
            change(key, 1);
        }

        Changes first = log.after(0, 512).build();

        assertThat(first.getChangeCount()).isEqualTo(512);
        assertThat(first.getLast()).isEqualTo(512);
        assertThat(log.after(first.getLast(), 512).getChangeCount()).isEqualTo(488);
    }

    @Test
    void whoIsBehindGetsTheLatestOfEachKeyInTheOrderOfTheChanges() {
        Random random = new Random(7);
        OriginLog large = new OriginLog(50);
        Map<ByteString, ByteString> copy = new HashMap<>();
        Map<ByteString, ByteString> truth = new HashMap<>();
        long position = 0;
        for (int i = 0; i < 50_000; i++) {
            ByteString key = ByteString.copyFromUtf8("key-" + random.nextInt(500));
            ByteString entry = key.concat(ByteString.copyFromUtf8(" " + i));
            large.beginChange();
            if (random.nextInt(4) == 0) {
                large.remove(key);
                truth.remove(key);
            } else {
                large.put(key, entry);
                truth.put(key, entry);
            }
            if (random.nextInt(20) == 0 && large.remembers(position)) {
                position = applied(large, position, copy);
            }
        }
        while (large.remembers(position) && position < large.sequence()) {
            position = applied(large, position, copy);
        }
        copy.keySet().retainAll(truth.keySet()); // a snapshot's end does that, where removals were forgotten meanwhile
        Map<ByteString, ByteString> anew = new HashMap<>();
        for (position = 0; position < large.sequence(); ) {
            position = applied(large, position, anew);
        }

        assertThat(anew).isEqualTo(truth);
        assertThat(copy).isEqualTo(truth);
        assertThat(large.entries()).isEqualTo(truth.size());
        assertThat(large.digest())
                .isEqualTo(truth.values().stream().mapToLong(Digest::of).sum());
    }

    @Test
    void removalsAreRememberedUpToABoundWhateverComesBack() {
        for (int i = 0; i < 100; i++) {
            change(i, 1);
            log.remove(ByteString.copyFromUtf8("key-" + i));
        }
        assertThat(log.remembers(0)).isTrue();

        for (int i = 0; i < 5_000; i++) {
            change(0, 1);
            log.remove(ByteString.copyFromUtf8("key-0"));
        }
        assertThat(log.remembers(0))
                .as("key-0 is one removal, however often it was removed")
                .isTrue();

        change(200, 1);
        log.remove(ByteString.copyFromUtf8("key-200"));
        assertThat(log.remembers(0)).isFalse();
        assertThat(log.remembers(4))
                .as("the oldest removal alone was forgotten")
                .isTrue();
    }

    private static long applied(OriginLog log, long position, Map<ByteString, ByteString> copy) {
        Changes changes = log.after(position, 64).build();
        changes.getChangeList().forEach(change -> {
            if (change.hasPut()) {
                String text = change.getPut().toStringUtf8();
                copy.put(ByteString.copyFromUtf8(text.substring(0, text.indexOf(' '))), change.getPut());
            } else {
                copy.remove(change.getRemove());
            }
        });
        return changes.getLast();
    }

    private void change(int first, int entries) {
        log.beginChange();
        for (int key = first; key < first + entries; key++) {
            log.put(ByteString.copyFromUtf8("key-" + key), ByteString.copyFromUtf8("entry-" + key));
        }
    }
}
