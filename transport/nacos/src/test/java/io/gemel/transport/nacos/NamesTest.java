package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
    @Test
    void whatIsLeftOutIsTheDefault() {
        assertThat(Names.service("", "", "orders")).isEqualTo(ServiceId.of("orders"));
        assertThat(Names.cluster("")).isEqualTo("DEFAULT");
        assertThat(Names.clusters("")).isEmpty();
    }

    @Test
    void namesThatNearlyEveryInstanceHasAreKeptOnce() {
        ServiceId first = Names.service(copy("dev"), copy("blue"), "a");
        ServiceId second = Names.service(copy("dev"), copy("blue"), "b");

        assertThat(second.namespace()).isSameAs(first.namespace());
        assertThat(second.group()).isSameAs(first.group());
        assertThat(Names.cluster(copy("zone-a"))).isSameAs(Names.cluster(copy("zone-a")));
    }

    /** As reading a message makes it. */
    private static String copy(String text) {
        return String.copyValueOf(text.toCharArray());
    }

    @Test
    void aGroupInTheNameCountsMoreThanTheOther() {
        assertThat(Names.grouped("", "blue", "green@@orders")).isEqualTo(new ServiceId("public", "green", "orders"));
        assertThat(Names.grouped("", "blue", "orders")).isEqualTo(new ServiceId("public", "blue", "orders"));
    }

    @Test
    void aServiceIsToldAsItWasNamed() {
        ServiceId service = Names.service("dev", "-g", "Outer$Inner");

        assertThat(Names.grouped(service)).isEqualTo("-g@@Outer$Inner");
        assertThat(Names.namespace(service)).isEqualTo("dev");
    }

    @Test
    void aListOfClustersMayHaveBlanksAndGaps() {
        assertThat(Names.clusters(" a,,b ")).isEqualTo(Set.of("a", "b"));
    }

    @ParameterizedTest
    @CsvSource({
        "'a b', g, s, 'namespaceId/tenant'",
        "n, 'g/x', s, 'group'",
        "n, g, '@s', 'serviceName'",
        "n, g, 's t', 'serviceName'",
        "n, g, '服务', 'serviceName'",
        "n, g, '', 'serviceName'",
        "n, 'a@@b', s, 'group'",
    })
    void whatNacosRefusesIsRefusedInItsWords(String namespace, String group, String name, String parameter) {
        assertThatThrownBy(() -> Names.service(namespace, group, name))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("Param '" + parameter + "' is illegal, ");
    }

    @Test
    void anOverlongNameIsRefused() {
        assertThatThrownBy(() -> Names.service("", "", "x".repeat(256)))
                .hasMessage("Param 'serviceName' is illegal, the param length should not exceed 255.");
    }
}
