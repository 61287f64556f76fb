package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every value refuses what it must not be, and says which field, which value, and what was expected. */
final class LimitsTest {
    private static final Instance A = Instance.ephemeral("10.0.0.1", 80);
    private static final ServiceId ORDERS = ServiceId.of("orders");

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_536, 70_000, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void aPortOutOfRangeIsRefused(int port) {
        assertRefused(() -> Instance.ephemeral("10.0.0.1", port), "port: " + port + " (expected: 1..65535)");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 80, 65_535})
    void aPortInRangeIsTaken(int port) {
        assertThat(Instance.ephemeral("10.0.0.1", port).key().port()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {
                -1,
                -Double.MIN_VALUE,
                Double.NaN,
                Double.NEGATIVE_INFINITY,
                Double.POSITIVE_INFINITY,
                10_000.001,
                1e300
            })
    void aWeightThatIsNegativeHugeOrNoNumberIsRefused(double weight) {
        assertRefused(() -> A.withWeight(weight), "weight: " + weight + " (expected: 0..10000)");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, Double.MIN_VALUE, 0.5, 10_000})
    void aWeightInRangeIsTaken(double weight) {
        assertThat(A.withWeight(weight).weight()).isEqualTo(weight);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "a b", " a", "a ", "a\n", "a\tb", "a/b", "-a", ".a", ":a", "@a", "ä", "a\u0000", "\u202ea",
                "a\ud83d"
            })
    void aNameWithOtherCharactersThanNamesHaveIsRefused(String name) {
        Map<String, Function<String, Object>> fields = Map.of(
                "namespace", value -> new ServiceId(value, "g", "s"),
                "group", value -> new ServiceId("n", value, "s"),
                "service", value -> new ServiceId("n", "g", value),
                "cluster", A::withCluster);
        fields.forEach((field, make) ->
                assertRefused(() -> make.apply(name), field + ": '", "(expected: 1..255 of A-Z a-z 0-9 _ . : @ -"));
    }

    @Test
    void anEphemeralInstanceHasNoRevisionToRequire() {
        Instance ephemeral = Instance.ephemeral("10.0.0.1", 80);
        assertRefused(
                () -> new Change.Register(ORDERS, List.of(ephemeral), Publisher.NONE, Precondition.ABSENT),
                "ifRevision: 0 for an ephemeral instance (expected: none; only persistent ones have a revision)");
        assertRefused(
                () -> new Change.Deregister(
                        ORDERS,
                        List.of(ephemeral.key()),
                        Durability.EPHEMERAL,
                        Publisher.NONE,
                        Precondition.revision(7)),
                "ifRevision: 7 for an ephemeral instance (expected: none; only persistent ones have a revision)");
        assertRefused(() -> Precondition.revision(-1), "ifRevision: -1 (expected: 0 or more)");
    }

    @Test
    void aPreconditionHoldsForTheRevisionItNamesAndNoOther() {
        assertThat(List.of(
                        Precondition.NONE.holds(0),
                        Precondition.NONE.holds(7),
                        Precondition.ABSENT.holds(0),
                        Precondition.revision(7).holds(7)))
                .containsOnly(true);
        assertThat(List.of(
                        Precondition.ABSENT.holds(7),
                        Precondition.revision(7).holds(0),
                        Precondition.revision(7).holds(8)))
                .containsOnly(false);
    }

    @Test
    void aNameIsTakenUpToItsLengthAndNoFurther() {
        assertThat(ServiceId.of("a".repeat(255)).name()).hasSize(255);
        assertRefused(
                () -> ServiceId.of("a".repeat(256)),
                "service: '" + "a".repeat(64) + "…' (256 characters) (expected: 1..255 of ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "_", "orders", "com.example.Orders:1.0", "GROUP@@orders", "a-b_c.d:e@f"})
    void aNameThatUrlsCarryUnescapedIsTaken(String name) {
        assertThat(ServiceId.of(name).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "10.0.0.1 ",
                "10.0.0.1\n",
                "a b",
                "a/b",
                "-a",
                ".a",
                "http://a",
                "[::1]",
                ":",
                "1:2",
                "::1%",
                "%eth0",
                "ä"
            })
    void aHostThatIsNeitherAddressNorNameIsRefused(String host) {
        assertRefused(
                () -> Instance.ephemeral(host, 80), "ip: '", "(expected: an IPv4 or IPv6 address or a host name)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "::",
                "::1",
                "fe80::1%eth0",
                "2001:db8::ff00:42:8329",
                "::ffff:10.0.0.1",
                "db-1.example.org",
                "my_host",
                "localhost"
            })
    void anAddressOrHostNameIsTaken(String host) {
        assertThat(Instance.ephemeral(host, 80).key().ip()).isEqualTo(host);
    }

    @Test
    void aHostIsTakenUpToItsLengthAndNoFurther() {
        assertThatCode(() -> Instance.ephemeral("a".repeat(253), 80)).doesNotThrowAnyException();
        assertRefused(() -> Instance.ephemeral("a".repeat(254), 80), "ip: '", "(254 characters)");
    }

    @Test
    void aRefusalQuotesControlCharactersEscaped() {
        assertThatThrownBy(() -> ServiceId.of("a\r\nINFO forged log line\u001b[2J\u202e"))
                .hasMessageStartingWith("service: 'a\\u000d\\u000aINFO forged log line\\u001b[2J\\u202e' (expected: ");
    }

    @Test
    void metadataIsTakenUpToItsNumberOfEntriesAndNoFurther() {
        assertThat(registered(A.withMetadata(entries(256))).metadata()).hasSize(256);
        assertRefused(
                () -> registered(A.withMetadata(entries(257))),
                "metadata of 10.0.0.1:80: 257 entries (expected: at most 256)");
        assertRefused(() -> A.withMetadata(entries(321)), "metadata: 321 entries (expected: at most 256)");
    }

    @Test
    void metadataIsTakenUpToItsBytesAndNoFurther() {
        assertThat(registered(A.withMetadata("k", "v".repeat(16 * 1024 - 1))).metadata())
                .hasSize(1);
        assertRefused(
                () -> registered(A.withMetadata("k", "v".repeat(16 * 1024))),
                "metadata of 10.0.0.1:80: 16385 bytes (expected: at most 16384 in all)");
        assertRefused(
                () -> A.withMetadata("k", "v".repeat(20 * 1024)),
                "metadata: 20481 bytes (expected: at most 16384 in all)");
    }

    @Test
    void metadataIsMeasuredInBytesAndNotInCharacters() {
        assertRefused(
                () -> A.withMetadata("k", "€".repeat(7_000)), "metadata: 21001 bytes (expected: at most 16384 in all)");
    }

    @Test
    void whatOperatorsSetFitsOnTopOfAllThatAnInstanceMayRegisterWith() {
        Instance full = A.withMetadata(entries(256));
        Map<String, String> more = Map.of("top", "v".repeat(4 * 1024 - 3));
        Map<String, String> many = IntStream.range(0, 64).boxed().collect(Collectors.toMap(i -> "top" + i, i -> "v"));
        assertThat(InstanceOverride.NONE.withMetadata(many).over(full).metadata())
                .hasSize(320);
        assertThat(InstanceOverride.NONE
                        .withMetadata(more)
                        .over(A.withMetadata("k", "v".repeat(16 * 1024 - 1)))
                        .metadata())
                .hasSize(2);
    }

    @Test
    void anOverrideOutOfRangeIsRefused() {
        assertRefused(() -> InstanceOverride.NONE.withWeight(-1), "weight: -1.0 (expected: 0..10000)");
        assertRefused(() -> InstanceOverride.NONE.withWeight(Double.NaN), "weight: NaN (expected: 0..10000)");
        assertRefused(
                () -> InstanceOverride.NONE.withMetadata(entries(65)), "metadata: 65 entries (expected: at most 64)");
        assertRefused(
                () -> InstanceOverride.NONE.withMetadata(Map.of("k", "v".repeat(4 * 1024))),
                "metadata: 4097 bytes (expected: at most 4096 in all)");
        assertRefused(
                () -> InstanceOverride.NONE.withMetadata(Map.of("", "v")),
                "metadata: an empty key (expected: keys of at least one character)");
        assertRefused(
                () -> new Change.SetOverride(ORDERS, A.key(), Optional.of(InstanceOverride.NONE), Precondition.NONE),
                "override: sets nothing (expected: enabled, weight or metadata; or clear the override)");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 1.01, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aProtectionThresholdThatIsNoShareIsRefused(double threshold) {
        assertRefused(
                () -> ServiceSettings.NONE.withProtectionThreshold(threshold),
                "protection_threshold: " + threshold + " (expected: 0..1)");
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertRefused(
                () -> ServiceSettings.NONE.withMetadata(entries(257)), "metadata: 257 entries (expected: at most 256)");
        assertRefused(() -> TypedMetadata.of(new byte[64 * 1024 + 1]), "typed: 65537 bytes (expected: at most 65536)");
        byte[] bytes = {1, 2};
        TypedMetadata typed = TypedMetadata.of(bytes);
        bytes[0] = 7;
        assertThat(typed)
                .isEqualTo(TypedMetadata.of(new byte[] {1, 2}))
                .hasSameHashCodeAs(TypedMetadata.of(typed.bytes()));
        assertThat(typed.size()).isEqualTo(2);
    }

    @Test
    void aMetadataEntryWithoutAKeyIsRefused() {
        assertRefused(
                () -> A.withMetadata("", "v"), "metadata: an empty key (expected: keys of at least one character)");
    }

    @Test
    void anInstanceKeepsItsMetadataWhateverTheCallerDoesToTheMap() {
        Map<String, String> callers = new HashMap<>(Map.of("zone", "a"));
        Instance instance = A.withMetadata(callers);
        callers.put("zone", "b");
        assertThat(instance.metadata()).isEqualTo(Map.of("zone", "a"));
        assertThatThrownBy(() -> instance.metadata().put("zone", "c"))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @CsvSource({"0", "1001"})
    void aBatchThatIsEmptyOrOverLongIsRefused(int size) {
        List<Instance> instances = Collections.nCopies(size, A);
        List<InstanceKey> keys = Collections.nCopies(size, A.key());
        Publisher publisher = new Publisher("s", 1);
        assertRefused(
                () -> new Change.Register(ORDERS, instances, publisher),
                "instances: " + size + " entries (expected: 1..1000)");
        assertRefused(
                () -> new Change.Deregister(ORDERS, keys, Durability.EPHEMERAL, publisher),
                "keys: " + size + " entries (expected: 1..1000)");
    }

    @Test
    void aBatchIsTakenUpToItsLimit() {
        List<Instance> instances = IntStream.rangeClosed(1, 1_000)
                .mapToObj(port -> Instance.ephemeral("10.0.0.1", port))
                .toList();
        assertThat(new Change.Register(ORDERS, instances, Publisher.NONE).instances())
                .hasSize(1_000);
    }

    @Test
    void aBatchNamesEachKeyOnce() {
        assertRefused(
                () -> new Change.Register(ORDERS, List.of(A, A.withWeight(2)), Publisher.NONE),
                "instances: " + A.key() + " twice (expected: each key once)");
    }

    @Test
    void aBatchOfMixedKindsIsRefused() {
        assertRefused(
                () -> new Change.Register(ORDERS, List.of(A, Instance.persistent("10.0.0.2", 81)), Publisher.NONE),
                "instances: 10.0.0.2:81 is PERSISTENT (expected: all of one kind, as the first is EPHEMERAL)");
    }

    @Test
    void aReadCannotAskForANegativeRevision() {
        assertRefused(() -> ReadLevel.atLeast(-1), "minRevision: -1 (expected: 0 or more)");
    }

    @Test
    void noServiceSortsBeforeTheLowestOfItsNamespaceAndGroup() {
        for (char first = 0; first < 128; first++) {
            String name = String.valueOf(first);
            boolean valid;
            try {
                valid = ServiceId.of(name).name().equals(name);
            } catch (RegistryException refusal) {
                valid = false;
            }
            if (valid) {
                assertThat(new ServiceId("n", name, name)).isGreaterThanOrEqualTo(ServiceId.lowest("n", ""));
                assertThat(new ServiceId("n", "g", name)).isGreaterThanOrEqualTo(ServiceId.lowest("n", "g"));
            }
        }
    }

    private static Map<String, String> entries(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "key" + i, i -> "v"));
    }

    private static void assertRefused(ThrowingCallable attempt, String... messageParts) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(RegistryException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(RegistryException.Code.BAD_REQUEST);
                    assertThat(refusal.code().nothingDone()).isTrue();
                })
                .message()
                .contains(messageParts);
    }

    /** {@code instance}, if it may be registered. */
    private static Instance registered(Instance instance) {
        return new Change.Register(ORDERS, List.of(instance), Publisher.NONE)
                .instances()
                .get(0);
    }
}
