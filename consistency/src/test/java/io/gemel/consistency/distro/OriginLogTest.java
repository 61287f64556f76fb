package io.gemel.consistency.distro;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.wire.Changes;
import io.gemel.naming.Instance;
import io.gemel.naming.Publication;
import io.gemel.naming.Publisher;
import io.gemel.naming.ServiceId;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
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
        assertThat(OriginLog.isAll(first, 512)).isFalse();

        Changes second = log.after(first.getLast(), 512).build();
        assertThat(second.getChangeCount()).isEqualTo(488);
        assertThat(OriginLog.isAll(second, 512)).isTrue();
    }

    @Test
    void aMessageThatIsCutForItsLengthIsNotAll() {
        Instance large = Instance.ephemeral("10.0.0.1", 1).withMetadata("note", "x".repeat(15_000));
        for (int service = 0; service < 20; service++) {
            log.beginChange();
            log.put(Entry.of(
                    new Publication(ServiceId.of("orders-" + service), large, new Publisher("session", 1), service)));
        }

        Changes first = log.after(0, 512).build();
        Changes second = log.after(first.getLast(), 512).build();

        assertThat(OriginLog.isAll(first, 512)).isFalse();
        assertThat(OriginLog.isAll(second, 512)).isTrue();
        assertThat(second.getLast()).isEqualTo(log.sequence());
    }

    @Test
    void whoIsBehindGetsTheLatestOfEachKeyInTheOrderOfTheChanges() {
        Random random = new Random(7);
        OriginLog large = new OriginLog(50);
        Map<EntryKey, Entry> copy = new HashMap<>();
        Map<EntryKey, Entry> truth = new HashMap<>();
        long position = 0;
        for (int i = 0; i < 50_000; i++) {
            Entry entry = entry(random.nextInt(500), i);
            large.beginChange();
            if (random.nextInt(4) == 0) {
                large.remove(entry.key());
                truth.remove(entry.key());
            } else {
                large.put(entry);
                truth.put(entry.key(), entry);
            }
            if (random.nextInt(20) == 0 && large.remembers(position)) {
                position = applied(large, position, copy);
            }
        }
        while (large.remembers(position) && position < large.sequence()) {
            position = applied(large, position, copy);
        }
        copy.keySet().retainAll(truth.keySet()); // a snapshot's end does that, where removals were forgotten meanwhile
        Map<EntryKey, Entry> anew = new HashMap<>();
        for (position = 0; position < large.sequence(); ) {
            position = applied(large, position, anew);
        }

        assertThat(anew).isEqualTo(truth);
        assertThat(copy).isEqualTo(truth);
        assertThat(large.entries()).isEqualTo(truth.size());
        assertThat(large.digest())
                .isEqualTo(truth.values().stream()
                        .map(OriginEntries::encode)
                        .mapToLong(Digest::of)
                        .sum());
    }

    /** Of most changes the bytes are made anew when a peer needs them: its digest must be that of the bytes of old. */
    @Test
    void bytesAreTheSameHoweverOftenTheyAreMade() {
        long digest = 0;
        for (int key = 0; key < 5_000; key++) {
            change(key, 1);
        }
        for (long position = 0; position < log.sequence(); ) {
            Changes changes = log.after(position, 512).build();
            digest += changes.getChangeList().stream()
                    .mapToLong(change -> Digest.of(change.getPut()))
                    .sum();
            position = changes.getLast();
        }
        assertThat(digest).isEqualTo(log.digest());
    }

    @Test
    void removalsAreRememberedUpToABoundWhateverComesBack() {
        for (int i = 0; i < 100; i++) {
            change(i, 1);
            log.remove(entry(i, 0).key());
        }
        assertThat(log.remembers(0)).isTrue();

        for (int i = 0; i < 5_000; i++) {
            change(0, 1);
            log.remove(entry(0, 0).key());
        }
        assertThat(log.remembers(0))
                .as("key-0 is one removal, however often it was removed")
                .isTrue();

        change(200, 1);
        log.remove(entry(200, 0).key());
        assertThat(log.remembers(0)).isFalse();
        assertThat(log.remembers(4))
                .as("the oldest removal alone was forgotten")
                .isTrue();
    }

    private static long applied(OriginLog log, long position, Map<EntryKey, Entry> copy) {
        Changes changes = log.after(position, 64).build();
        changes.getChangeList().forEach(change -> {
            if (change.hasPut()) {
                Entry entry = new EntryReader().read(change.getPut(), UnaryOperator.identity());
                copy.put(entry.key(), entry);
            } else {
                copy.remove(OriginEntries.decodeKey(change.getRemove()));
            }
        });
        return changes.getLast();
    }

    private void change(int first, int entries) {
        log.beginChange();
        for (int key = first; key < first + entries; key++) {
            log.put(entry(key, 0));
        }
    }

    private static Entry entry(int key, int value) {
        Instance instance = Instance.ephemeral("10.0.0.1", 1 + key)
                .withMetadata(Map.of("value", Integer.toString(value), "zone", "a", "version", "2"));
        return Entry.of(new Publication(ServiceId.of("orders"), instance, new Publisher("session", 1), value));
    }
}
