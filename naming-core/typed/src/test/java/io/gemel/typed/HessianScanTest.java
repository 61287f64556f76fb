package io.gemel.typed;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.caucho.hessian.io.Hessian2Output;
import io.gemel.naming.RegistryException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The scan refuses each construct that it has no use for, and says which and where. */
class HessianScanTest {
    /** A form whose one field takes anything. */
    private static final Map<String, TypedForm<?>> ANY = Map.of(
            "any",
            new TypedForm<>(
                    "any", StringBuilder.class, List.of("value"), value -> Map.of(), fields -> new StringBuilder()));

    /** Writes a value, in the library's words. */
    private interface Value {
        void write(Hessian2Output out) throws IOException;
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("a date", (Value) out -> out.writeUTCDate(1)),
                Arguments.of("binary", (Value) out -> out.writeBytes(new byte[3])),
                Arguments.of("binary", (Value) out -> out.writeBytes(new byte[300])),
                Arguments.of("binary", (Value) out -> out.writeBytes(new byte[5_000])),
                Arguments.of("a list with a type 'java.util.LinkedList'", typedList(-1)),
                Arguments.of("a list with a type 'java.util.LinkedList'", typedList(1)),
                Arguments.of("a list with a type 'java.util.LinkedList'", typedList(100)),
                Arguments.of(
                        "a map with a type 'java.util.TreeMap'", (Value) out -> out.writeMapBegin("java.util.TreeMap")),
                Arguments.of("a list without a length", (Value) out -> out.writeListBegin(-1, null)),
                Arguments.of("a reference", raw('Q', 0x90)),
                Arguments.of("a text in chunks", (Value) out -> out.writeString("x".repeat(40_000))),
                Arguments.of("a text of 8193 characters", (Value) out -> out.writeString("x".repeat(8_193))),
                Arguments.of("a text of 65535 characters", raw('S', 0xff, 0xff)),
                Arguments.of("a list of 2147483647", raw('X', 'I', 0x7f, 0xff, 0xff, 0xff)),
                Arguments.of("a list of -1", raw('X', 0x8f)),
                Arguments.of("a list of 3", raw(0x7b, 0x90, 0x90)),
                Arguments.of("a number or a truth value (expected: a length", raw('X', 'L', 0, 0, 0, 0, 0, 0, 0, 1)),
                Arguments.of("null in a list or map", raw(0x79, 'N')),
                Arguments.of("null in a list or map", raw('H', 1, 'a', 'N', 'Z')),
                Arguments.of("as the key of a map", raw('H', 0x90, 0x90, 'Z')),
                Arguments.of("the key 'a' twice", raw('H', 1, 'a', 0x90, 1, 'a', 0x90, 'Z')),
                Arguments.of("it ends here", raw('H', 1, 'a', 0x90)),
                Arguments.of("it ends here", raw('I', 0, 0)),
                Arguments.of("the byte 0x40", raw(0x40)),
                Arguments.of("the byte 0x5a", raw('Z')),
                Arguments.of("not UTF-8", raw(1, 0xc0, 0x80)),
                Arguments.of("not UTF-8", raw(1, 0xff, 0x80)),
                Arguments.of("not UTF-8", raw(1, 0xc3, 0x20)),
                Arguments.of("not UTF-8", raw(1, 0xe0, 0x80, 0x80)),
                Arguments.of("half of a surrogate pair", raw(1, 0xed, 0xa0, 0x80)),
                Arguments.of("half of a surrogate pair", raw(1, 0xed, 0xb0, 0x80)),
                Arguments.of("an object of class number 1 ", raw(0x61)),
                Arguments.of("an object of class number 2147483647 ", raw('O', 'I', 0x7f, 0xff, 0xff, 0xff)),
                Arguments.of("a second definition of any", raw('C', 3, 'a', 'n', 'y', 0x90)),
                Arguments.of("class 'evil'", raw('C', 4, 'e', 'v', 'i', 'l', 0x90)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void aConstructWithoutUseIsRefusedByName(String cause, Value value) throws IOException {
        byte[] bytes = holding(value);

        assertThatThrownBy(() -> HessianScan.check(bytes, ANY))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("typed metadata at byte ")
                .hasMessageContaining(cause);
    }

    @Test
    void whatOurOwnTypesNeedIsLetThrough() throws IOException {
        byte[] bytes = holding(out -> {
            boolean unused = out.writeListBegin(300, null);
            for (int i = 0; i < 100; i++) {
                out.writeInt(1 << (i % 31));
                out.writeLong(1L << (i % 63));
                out.writeDouble(i * 0.125 - 3);
            }
        });

        assertThatCode(() -> HessianScan.check(bytes, ANY)).doesNotThrowAnyException();
    }

    @Test
    void depthIsBounded() throws IOException {
        assertThatCode(() -> HessianScan.check(nested(HessianScan.DEPTH_MAX - 2), ANY))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> HessianScan.check(nested(HessianScan.DEPTH_MAX), ANY))
                .hasMessageContaining("deep");
        assertThatThrownBy(() -> HessianScan.check(nested(60_000), ANY)).hasMessageContaining("deep");
    }

    private static byte[] nested(int depth) throws IOException {
        return holding(out -> {
            for (int i = 0; i < depth; i++) {
                boolean unused = out.writeListBegin(1, null);
            }
            out.writeInt(1);
        });
    }

    @Test
    void theNumberOfValuesIsBoundedOverAll() throws IOException {
        assertThatThrownBy(() -> HessianScan.check(
                        holding(out -> {
                            boolean outer = out.writeListBegin(10, null);
                            for (int i = 0; i < 10; i++) {
                                boolean inner = out.writeListBegin(1_000, null);
                                for (int j = 0; j < 1_000; j++) {
                                    out.writeBoolean(outer || inner);
                                }
                            }
                        }),
                        ANY))
                .hasMessageContaining("more than 4096 values");
    }

    @Test
    void sizeEndAndBeginningAreChecked() {
        assertThatThrownBy(() -> HessianScan.check(new byte[HessianScan.BYTES_MAX + 1], ANY))
                .hasMessageContaining("65537 bytes (expected: at most 65536)");
        assertThatThrownBy(() -> HessianScan.check(new byte[0], ANY)).hasMessageContaining("it ends here");
        assertThatThrownBy(() -> HessianScan.check(bytes(0x78, 0x90), ANY))
                .hasMessageContaining("1 bytes after the end");
        assertThatThrownBy(() -> HessianScan.check(bytes(0x90), ANY))
                .hasMessageContaining("expected: a list of objects");
        assertThatThrownBy(() -> HessianScan.check(bytes(0x79, 0x90), ANY)).hasMessageContaining("expected: an object");
        assertThatThrownBy(() ->
                        HessianScan.check(bytes('X', 0xc8, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), ANY))
                .hasMessageContaining("17 objects");
    }

    @Test
    void aStrangersNameCannotForgeALogLine() {
        assertThatThrownBy(() -> HessianScan.check(bytes(0x79, 'C', 3, 'a', '\n', 0x1b), ANY))
                .hasMessageContaining("class 'a\\u000a\\u001b'")
                .hasMessageNotContaining("\n");
    }

    private static Value typedList(int length) {
        return out -> out.writeListBegin(length, "java.util.LinkedList");
    }

    private static Value raw(int... bytes) {
        return out -> {
            out.flushBuffer();
            out.getBytesOutputStream();
            throw new RawBytes(bytes);
        };
    }

    /** Says that these bytes stand for the value. */
    private static final class RawBytes extends IOException {
        private static final long serialVersionUID = 1;
        private final int[] bytes;

        RawBytes(int[] bytes) {
            this.bytes = bytes;
        }
    }

    private static byte[] holding(Value value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(bytes(0x79, 'C', 3, 'a', 'n', 'y', 0x91, 5, 'v', 'a', 'l', 'u', 'e', 0x60));
        Hessian2Output out = new Hessian2Output(bytes);
        try {
            value.write(out);
            out.flush();
        } catch (RawBytes raw) {
            bytes.writeBytes(bytes(raw.bytes));
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
