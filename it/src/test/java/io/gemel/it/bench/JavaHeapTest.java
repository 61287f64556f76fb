package io.gemel.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class JavaHeapTest {
    @Test
    void generationsAreAddedAndOtherMemoryIsNot() throws IOException {
        JavaHeap heap = JavaHeap.of("""
                        77:
                         def new generation   total 9792K, used 1000K [0x00000000e0000000, 0x00000000e0aa0000, 0x00000000eaaa0000)
                          eden space 8704K,  11% used [0x00000000e0000000, 0x00000000e00fa000, 0x00000000e0880000)
                         tenured generation   total 21888K, used 20000K [0x00000000eaaa0000, 0x00000000ec000000, 0x0000000100000000)
                         Metaspace       used 20000K, committed 21000K, reserved 1114112K
                          class space    used 2000K, committed 2100K, reserved 1048576K
                        """);

        assertThat(heap.used()).isCloseTo(21.504, within(0.001));
        assertThat(heap.total()).isCloseTo(32.440, within(0.001));
    }

    @Test
    void whatIsNotAboutAHeapIsRefused() {
        assertThatThrownBy(() -> JavaHeap.of("77:\nno such process\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no such process");
    }
}
