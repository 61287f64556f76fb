package io.gemel.consistency.distro;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.gemel.consistency.wire.Changes;
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

    private void change(int first, int entries) {
        log.beginChange();
        for (int key = first; key < first + entries; key++) {
            log.put(ByteString.copyFromUtf8("key-" + key), ByteString.copyFromUtf8("entry-" + key));
        }
    }
}
