package io.gemel.typed;

import static org.assertj.core.api.Assertions.assertThat;

import com.caucho.hessian.io.Hessian2Output;
import io.gemel.naming.RegistryException;
import io.gemel.typed.sample.Beacon;
import io.gemel.typed.sample.Songs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever bytes arrive: they are refused with a cause or are values that come back equal, and no class is asked for that was not
 * needed before.
 *
 * <p>The loader that the Hessian library would ask for classes, and the thread's own, note every name they are asked for, so a class that was only
 * looked for is noticed too; a canary counts if it is initialised, made, compared or hashed.
 */
class TypedFuzzTest {
    private static final int ROUNDS = 40_000;

    private static final String CANARY = "io.gemel.typed.sample.Canary";

    /** Where published attacks on Hessian begin, and what the library itself treats as special. */
    private static final List<String> GADGETS = List.of(
            CANARY,
            "[L" + CANARY,
            "com.rometools.rome.feed.impl.ToStringBean",
            "com.rometools.rome.feed.impl.EqualsBean",
            "com.sun.rowset.JdbcRowSetImpl",
            "com.caucho.naming.QName",
            "org.apache.xbean.naming.context.ContextUtil$ReadOnlyBinding",
            "org.springframework.aop.aspectj.autoproxy.AspectJAwareAdvisorAutoProxyCreator$PartiallyComparableAdvisorHolder",
            "org.springframework.aop.support.DefaultBeanFactoryPointcutAdvisor",
            "org.springframework.context.support.ClassPathXmlApplicationContext",
            "org.codehaus.groovy.runtime.ConvertedClosure",
            "javax.naming.spi.ContinuationDirContext",
            "javax.naming.InitialContext",
            "javax.swing.UIDefaults",
            "sun.swing.SwingLazyValue",
            "sun.print.UnixPrintServiceLookup",
            "java.lang.ProcessBuilder",
            "java.lang.Class",
            "java.util.PriorityQueue",
            "java.util.TreeMap",
            "java.util.HashMap",
            "java.net.URL",
            "java.io.FileInputStream",
            "[java.lang.Object",
            "com.caucho.hessian.io.LocaleHandle",
            "com.caucho.hessian.io.ObjectNameDeserializer",
            "com.alipay.hessian.generic.model.GenericObject",
            "gemel.check.Tcp ",
            "io.gemel.typed.HealthCheck$Tcp",
            "");

    private final Random random = new Random(20_240_607);
    private final NoClasses classes = new NoClasses();
    private final TypedCodec codec = new TypedCodec(List.of(new Beacon.Plugin()), classes);
    private final byte[] valid = codec.encode(values());
    private final Recording ofTheThread = new Recording();
    private final Thread thread = Thread.currentThread();
    private final ClassLoader before = thread.getContextClassLoader();
    private int accepted;
    private int refused;

    @BeforeEach
    void start() {
        Songs.HEARD.set(0);
        thread.setContextClassLoader(ofTheThread);
    }

    @AfterEach
    void nothingWasAskedForOrMade() {
        thread.setContextClassLoader(before);
        assertThat(classes.asked()).isEmpty();
        assertThat(ofTheThread.asked).isEmpty();
        assertThat(Songs.HEARD).hasValue(0);
    }

    private static List<Object> values() {
        Schedule schedule = new Schedule(Duration.ofMillis(500), Duration.ofMillis(250), 1, 2);
        return List.of(
                new HealthCheck.None(),
                new HealthCheck.Tcp(schedule, Optional.of(8080)),
                new HealthCheck.Http(schedule, Optional.of(1), "/health", List.of(200, 204), Optional.of("shop")),
                new HealthCheck.GrpcHealth(schedule, Optional.empty(), "shop.Orders"),
                new LabelSelector(Map.of("zone", "a", "größe", "\ud83d\ude80")),
                new Beacon(3, new HealthCheck.Tcp(schedule, Optional.empty())));
    }

    @Test
    void randomBytes() {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (bytes.length > 2 && random.nextBoolean()) {
                bytes[0] = 0x79;
                bytes[1] = 'C';
            }
            judge(bytes);
        }
    }

    @Test
    void mutationsOfWhatIsValid() {
        for (int i = 0; i < ROUNDS; i++) {
            judge(mutated());
        }
        assertThat(accepted).as("mutations that are valid, too").isPositive();
        assertThat(refused).isGreaterThan(accepted);
    }

    @Test
    void namesOfGadgetsInEachPlaceThatCanHoldAName() throws IOException {
        for (String name : GADGETS) {
            for (byte[] bytes : naming(name)) {
                judge(bytes);
                judge(inAField(bytes));
            }
        }
        assertThat(accepted).isZero();
    }

    @Test
    void mutationsOfPayloadsWithNamesOfGadgets() throws IOException {
        for (int i = 0; i < ROUNDS / 4; i++) {
            List<byte[]> payloads = naming(GADGETS.get(random.nextInt(GADGETS.size())));
            judge(mutated(payloads.get(random.nextInt(payloads.size()))));
        }
    }

    @Test
    void depthLengthsAndCyclesThatWouldExhaustMemoryOrTheStack() throws IOException {
        for (int tag : new int[] {0x79, 'H', 'X', 'C', 'M', 'V', 'U', 'W', 0x71, 'Q', 'O', 0x60, 'R', 'A'}) {
            byte[] deep = new byte[65_000];
            Arrays.fill(deep, (byte) tag);
            judge(deep);
            judge(inAField(deep));
            for (int length : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 1 << 30, 65_536}) {
                byte[] huge = {
                    0x79,
                    (byte) tag,
                    'I',
                    (byte) (length >> 24),
                    (byte) (length >> 16),
                    (byte) (length >> 8),
                    (byte) length
                };
                judge(huge);
                judge(Arrays.copyOfRange(huge, 1, huge.length));
            }
        }
        judge(new byte[] {0x79, 0x51, (byte) 0x90});
        judge(inAField(new byte[] {0x51, (byte) 0x90}));
        assertThat(accepted).isZero();
    }

    /** Anything but a value that comes back equal, or a refusal, fails the test. */
    private void judge(byte[] bytes) {
        List<Object> values;
        try {
            values = codec.decode(bytes);
        } catch (RegistryException refusal) {
            assertThat(refusal.getMessage()).hasSizeLessThan(2_000).doesNotContain("\n");
            refused++;
            return;
        }
        accepted++;
        assertThat(codec.decode(codec.encode(values))).isEqualTo(values);
    }

    private byte[] mutated() {
        return mutated(valid);
    }

    private byte[] mutated(byte[] original) {
        byte[] bytes = original.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && bytes.length > 0; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> {
                    int length = Math.min(random.nextInt(16), bytes.length - at);
                    int from = random.nextInt(bytes.length - length + 1);
                    System.arraycopy(bytes.clone(), from, bytes, at, length);
                }
                case 4 -> bytes = spliced(bytes, at);
                default -> throw new AssertionError();
            }
        }
        return bytes;
    }

    private byte[] spliced(byte[] bytes, int at) {
        int length = random.nextInt(8);
        byte[] more = Arrays.copyOf(bytes, bytes.length + length);
        System.arraycopy(bytes, at, more, at + length, bytes.length - at);
        for (int i = 0; i < length; i++) {
            more[at + i] = (byte) random.nextInt(256);
        }
        return more;
    }

    private static List<byte[]> naming(String name) throws IOException {
        List<byte[]> payloads = new ArrayList<>();
        payloads.add(written(out -> {
            boolean unused = out.writeListBegin(1, null);
            int definition = out.writeObjectBegin(name);
            out.writeClassFieldLength(1);
            out.writeString("value");
            int instance = out.writeObjectBegin(name);
            out.writeInt(definition + instance);
        }));
        if (!name.isEmpty()) {
            payloads.add(written(out -> {
                out.writeMapBegin(name);
                out.writeString("key");
                out.writeString("value");
                out.writeMapEnd();
            }));
            for (int length : new int[] {-1, 1, 20}) {
                payloads.add(written(out -> {
                    boolean unused = out.writeListBegin(length, name);
                    out.writeString("value");
                }));
            }
        }
        return payloads;
    }

    /** The payload as the one field of a value that is allowed. */
    private static byte[] inAField(byte[] payload) throws IOException {
        byte[] head = written(out -> {
            boolean unused = out.writeListBegin(1, null);
            int definition = out.writeObjectBegin("gemel.selector.Label");
            out.writeClassFieldLength(definition + 2);
            out.writeString("labels");
            int instance = out.writeObjectBegin("gemel.selector.Label");
            assertThat(instance).isZero();
        });
        byte[] whole = Arrays.copyOf(head, head.length + payload.length);
        System.arraycopy(payload, 0, whole, head.length, payload.length);
        return whole;
    }

    /** Writes a payload, in the library's words. */
    private interface Payload {
        void write(Hessian2Output out) throws IOException;
    }

    private static byte[] written(Payload payload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Hessian2Output out = new Hessian2Output(bytes);
        payload.write(out);
        out.flush();
        return bytes.toByteArray();
    }

    /** Notes what it is asked for. */
    private static final class Recording extends ClassLoader {
        final Set<String> asked = ConcurrentHashMap.newKeySet();

        Recording() {
            super(TypedFuzzTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            asked.add(name);
            return super.loadClass(name, resolve);
        }
    }
}
