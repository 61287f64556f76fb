package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A view finds by key, and encodes itself once. */
final class ServiceViewTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 7, 64})
    void itFindsEveryKeyItHasAndNoOther(int size) {
        ServiceView view = viewOf(size);
        for (Registration registration : view.registrations()) {
            assertThat(view.find(registration.key())).containsSame(registration);
        }
        for (int port = 1; port <= 2 * size + 1; port += 2) {
            assertThat(view.find(new InstanceKey("10.0.0.1", port, "DEFAULT"))).isEmpty();
        }
        assertThat(view.find(new InstanceKey("10.0.0.1", 2, "other"))).isEmpty();
        assertThat(view.find(new InstanceKey("9.0.0.1", 2, "DEFAULT"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 7, 64})
    void itHasAtAnAddressWhatIsThereInEveryCluster(int size) {
        List<Registration> sorted = IntStream.range(0, size)
                .mapToObj(i ->
                        Instance.ephemeral("10.0.0." + i / 20, 80 + i / 4 % 5).withCluster("c" + i % 4))
                .map(instance -> new Registration(instance, 0))
                .sorted(Comparator.comparing(Registration::key))
                .toList();
        ServiceView view = new ServiceView(ORDERS, 1, sorted);
        for (String ip : List.of("1.0.0.0", "10.0.0.0", "10.0.0.1", "10.0.0.10", "10.0.0.3", "9.0.0.0")) {
            for (int port = 79; port <= 86; port++) {
                int wanted = port;
                assertThat(view.at(ip, port))
                        .isEqualTo(sorted.stream()
                                .filter(each ->
                                        each.key().ip().equals(ip) && each.key().port() == wanted)
                                .toList());
            }
        }
    }

    @Test
    void theInstancesAreThoseOfItsRegistrations() {
        assertThat(viewOf(3).instances())
                .hasSize(3)
                .isEqualTo(viewOf(3).registrations().stream()
                        .map(Registration::instance)
                        .toList());
        assertThat(viewOf(0).isEmpty()).isTrue();
        assertThat(viewOf(1).isEmpty()).isFalse();
    }

    @Test
    void manyReadersShareOneEncoding() throws InterruptedException {
        ServiceView view = viewOf(3);
        AtomicInteger encodings = new AtomicInteger();
        WireFormat<String> format = each -> "encoding " + encodings.incrementAndGet();
        CountDownLatch start = new CountDownLatch(1);
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        List<Thread> readers = Stream.generate(() -> new Thread(() -> {
                    try {
                        start.await();
                        seen.add(view.as(format));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .limit(8)
                .toList();
        readers.forEach(Thread::start);
        start.countDown();
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(seen).hasSize(8).containsOnly("encoding 1");
    }

    @Test
    void eachFormatHasItsOwnEncoding() {
        ServiceView view = viewOf(1);
        WireFormat<String> words = each -> "words";
        WireFormat<Integer> numbers = each -> each.registrations().size();
        assertThat(view.as(words)).isEqualTo("words").isSameAs(view.as(words));
        assertThat(view.as(numbers)).isEqualTo(1);
    }

    /** Instances at the first even ports. */
    private static ServiceView viewOf(int size) {
        return new ServiceView(
                ORDERS,
                1,
                IntStream.rangeClosed(1, size)
                        .mapToObj(i -> new Registration(Instance.ephemeral("10.0.0.1", 2 * i), 0))
                        .toList());
    }
}
