package io.gemel.client;

import io.gemel.naming.Instance;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A service whose instances, and a clock whose time, are what the test says. */
class BalancerFixture {
    static final ServiceId ORDERS = ServiceId.of("orders");

    private long nanos = Long.MAX_VALUE - 1_000; // the clock may pass over its end
    private ServiceView view = new ServiceView(ORDERS, 0, List.of());

    ConnectedBalancer balancer(BalancerOptions options, long seed) {
        Random random = new Random(seed);
        return new ConnectedBalancer(view, options, this::newest, () -> nanos, () -> random);
    }

    ConnectedBalancer balancer(Strategy strategy) {
        return balancer(BalancerOptions.of(strategy), 1);
    }

    void list(List<Instance> instances) {
        List<Registration> registrations = instances.stream()
                .map(instance -> new Registration(instance, 0))
                .sorted(Comparator.comparing(Registration::key))
                .toList();
        view = new ServiceView(ORDERS, view.revision() + 1, registrations);
    }

    void list(Instance... instances) {
        list(List.of(instances));
    }

    Optional<ServiceView> newest() {
        return Optional.of(view);
    }

    void pass(Duration time) {
        nanos += time.toNanos();
    }

    static Instance instance(int number) {
        return Instance.ephemeral("10.0.%d.%d".formatted(number / 250, number % 250), 8080);
    }

    static List<Instance> instances(int count) {
        return IntStream.range(0, count).mapToObj(BalancerFixture::instance).toList();
    }

    static List<Instance> choices(Balancer balancer, int count) {
        return Stream.generate(() -> balancer.next().orElseThrow()).limit(count).toList();
    }

    static Map<Instance, Long> counts(Balancer balancer, int count) {
        return choices(balancer, count).stream()
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }
}
