package io.gemel.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.ServiceView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered on disk is the newest that was confirmed, whole or not at all, whatever a service is called and whoever damages it. */
class ViewCacheTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final ServiceId STOCK = ServiceId.of("stock");

    @TempDir
    Path dir;

    private CacheFiles files;

    @BeforeEach
    void open() throws IOException {
        files = CacheFiles.in(dir);
    }

    // --- files -------------------------------------------------------------------------------------------------

    @Test
    void aViewComesBackAsItWas() throws IOException {
        Instance sick = instance(1).withHealthy(false).withWeight(2.5).withMetadata("k", "v");
        ServiceView view = new ServiceView(
                ORDERS,
                7,
                List.of(new Registration(sick, 5, true), new Registration(instance(2), 0)),
                ServiceSettings.NONE.withProtectionThreshold(0.8).withMetadata(Map.of("owner", "us")));

        files.write(view);

        ServiceView back = CacheFiles.in(dir).read(ORDERS).orElseThrow();
        assertThat(back.registrations()).isEqualTo(view.registrations());
        assertThat(back.metadata()).isEqualTo(view.metadata());
        assertThat(back.protectionReached()).isTrue();
        assertThat(CacheFiles.in(dir).isEmpty()).isFalse();
    }

    @Test
    void nothingIsKeptOfAnEmptyService() throws IOException {
        files.write(view(ORDERS, 1));

        files.write(view(ORDERS));

        assertThat(files.read(ORDERS)).isEmpty();
        assertThat(files.isEmpty()).isTrue();
        assertThat(present()).isEmpty();
    }

    @Test
    void whatIsThereAlreadyIsNotWrittenAgainButWhatIsMissingIs() throws IOException {
        files.write(new ServiceView(ORDERS, 1, view(ORDERS, 1).registrations()));
        Files.write(only(), new byte[] {1}); // so that a write would show

        files.write(new ServiceView(ORDERS, 2, view(ORDERS, 1).registrations()));
        assertThat(only()).hasBinaryContent(new byte[] {1});

        Files.delete(only());
        files.write(view(ORDERS, 1));
        assertThat(files.read(ORDERS)).isPresent();
    }

    @Test
    void oneFlippedBitAnywhereMakesAFileAsGoodAsAbsent() throws IOException {
        files.write(view(ORDERS, 1, 2));
        Path file = only();
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            Files.write(file, damaged);

            assertThat(files.read(ORDERS)).as("byte %d", at).isEmpty();
        }
        Files.write(file, whole);
        assertThat(files.read(ORDERS)).isPresent();
    }

    @Test
    void aFileThatIsCutOffAnywhereIsIgnored() throws IOException {
        files.write(view(ORDERS, 1, 2));
        Path file = only();
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));

            assertThat(files.read(ORDERS)).as("%d bytes", length).isEmpty();
        }
    }

    @Test
    void aFileInThePlaceOfAnotherServicesIsIgnored() throws IOException {
        files.write(view(STOCK, 1));
        Files.move(only(), dir.resolve(CacheFiles.name(ORDERS)), StandardCopyOption.REPLACE_EXISTING);

        assertThat(files.read(ORDERS)).isEmpty();
    }

    @Test
    void noNameLeadsOutOfTheDirectoryOrMeetsAnother() throws IOException {
        String longest = "n".repeat(255);
        List<ServiceId> services = List.of(
                ServiceId.of("a..b"),
                ServiceId.of("C:con"),
                ServiceId.of("con"),
                ServiceId.of("CON"),
                ServiceId.of("_"),
                new ServiceId(longest, longest, longest),
                new ServiceId(longest, longest, "n".repeat(254)),
                new ServiceId("a", "b", "c"),
                new ServiceId("a", "c", "b"));
        Set<String> names = new HashSet<>();
        for (ServiceId service : services) {
            files.write(view(service, 1));
            String name = CacheFiles.name(service);
            assertThat(name).matches("[a-z0-9_-]+\\.view").hasSizeLessThan(100);
            assertThat(names.add(name)).as("%s has a name of its own", service).isTrue();
        }
        assertThat(present()).hasSameSizeAs(services);
        for (ServiceId service : services) {
            assertThat(files.read(service).orElseThrow().service()).isEqualTo(service);
        }
    }

    @Test
    void whatADyingClientLeftBehindIsRemovedAndWhatIsNotOursIsNot() throws IOException {
        files.write(view(ORDERS, 1));
        Files.writeString(dir.resolve(CacheFiles.name(STOCK) + ".123.tmp"), "half");
        Files.writeString(dir.resolve("notes.tmp"), "of somebody else");

        CacheFiles again = CacheFiles.in(dir);

        assertThat(present()).containsExactlyInAnyOrder(CacheFiles.name(ORDERS), "notes.tmp");
        assertThat(again.read(ORDERS)).isPresent();
    }

    // --- when they are written ---------------------------------------------------------------------------------

    private final SimulatedTime time = new SimulatedTime();
    private final List<Runnable> disk = new ArrayList<>(); // what waits for the listeners' thread

    @Test
    void aStormOfChangesCostsAFileNowAndThenAndTheNewestIsTheLast() {
        ViewCache cache = cache();
        int writes = 0;
        for (int port = 1; port <= 1_000; port++) {
            cache.keep(view(ORDERS, port));
            time.pass(Duration.ofMillis(1));
            writes += write();
        }
        for (int i = 0; i < 3; i++) {
            time.pass(Duration.ofMillis(100));
            writes += write();
        }

        assertThat(writes).isBetween(2, 25);
        assertThat(files.read(ORDERS).orElseThrow().instances()).containsExactly(instance(1_000));
    }

    @Test
    void aDiskThatDoesNotAnswerCostsOneViewOfEachService() {
        ViewCache cache = cache();
        for (int port = 1; port <= 1_000; port++) {
            cache.keep(view(ORDERS, port));
            cache.keep(view(STOCK, port));
            time.pass(Duration.ofMillis(1));
        }

        assertThat(disk).hasSize(1);
        writeAll();
        assertThat(files.read(ORDERS).orElseThrow().instances()).containsExactly(instance(1_000));
        assertThat(files.read(STOCK).orElseThrow().instances()).containsExactly(instance(1_000));
    }

    @Test
    void whatCouldNotBeWrittenIsTriedAgainLater() throws IOException {
        ViewCache cache = cache();
        Path elsewhere = dir.resolveSibling(dir.getFileName() + "-away");
        Files.move(dir, elsewhere);
        cache.keep(view(ORDERS, 1));
        writeAll();
        Files.move(elsewhere, dir);
        assertThat(files.read(ORDERS)).isEmpty();

        time.pass(Duration.ofMinutes(1));
        writeAll();

        assertThat(files.read(ORDERS)).isPresent();
    }

    @Test
    void whatWaitsIsWrittenWhenTheClientIsClosed() {
        ViewCache cache = cache();
        for (int port = 1; port <= 20; port++) {
            cache.keep(view(ServiceId.of("s" + port), port));
        }

        cache.close();
        time.settle();
        while (write() > 0) {}

        assertThat(present()).hasSize(20);
    }

    @Test
    void aDirectoryThatCannotBeUsedIsNoReasonToFail() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "");

        assertThat(ViewCache.files(Optional.of(file))).isEmpty();
        assertThat(ViewCache.files(Optional.empty())).isEmpty();
    }

    private ViewCache cache() {
        SimulatedTime writer = new SimulatedTime() {
            @Override
            public void execute(Runnable task) {
                disk.add(task);
            }
        };
        return new ViewCache(files, time.clientLoop(1), writer.clientLoop(1), time);
    }

    /** The disk does what it was asked for. */
    private int write() {
        List<Runnable> due = List.copyOf(disk);
        disk.clear();
        due.forEach(Runnable::run);
        return due.size();
    }

    private void writeAll() {
        for (int i = 0; i < 10; i++) {
            write();
            time.pass(Duration.ofMillis(100));
        }
    }

    private Path only() throws IOException {
        return dir.resolve(present().stream().findFirst().orElseThrow());
    }

    private List<String> present() {
        try (Stream<Path> all = Files.list(dir)) {
            return all.map(file -> String.valueOf(file.getFileName())).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ServiceView view(ServiceId service, int... ports) {
        List<Registration> registrations = new ArrayList<>();
        for (int port : ports) {
            registrations.add(new Registration(instance(port), 0));
        }
        return new ServiceView(service, 1, registrations);
    }

    private static Instance instance(int port) {
        return Instance.ephemeral("10.0.0.1", port);
    }
}
