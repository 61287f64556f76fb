package io.gemel.transport.nacos;

import com.linecorp.armeria.common.RequestHeaders;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One request over HTTP. Methods throw {@link HttpRefusal}, or {@link RegistryException} with {@code BAD_REQUEST}, for a parameter that
 * is not as it must be.
 *
 * @param path without the context path, decoded
 * @param parameters of query and body
 * @param remote whoever sent it, or the proxy that did
 * @param form the version of the API
 */
record HttpCall(String path, HttpParameters parameters, InetAddress remote, RequestHeaders headers, HttpForm form) {
    private static final int PORT_MAX = 65_535;

    /** What the client calls itself; empty if it does not. */
    String agent() {
        return headers.get("user-agent", headers.get("client-version", ""));
    }

    /** Whether pages and what they hold have the names that v3 gives them; v2 has the same form otherwise. */
    boolean isV3() {
        return path.startsWith("/v3/");
    }

    /** Whether a console asks, which means persistent instances where nothing is said, and wants some answers bare. */
    boolean isConsole() {
        return path.startsWith("/v3/console/");
    }

    /** What the last segment of the path is, where it stands for a parameter. */
    String lastSegment() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** What is given. */
    Optional<String> text(String name) {
        return parameters.text(name);
    }

    /** The first of these names under which something is given; Nacos has renamed some. */
    Optional<String> text(String name, String otherName) {
        return text(name).or(() -> text(otherName));
    }

    String required(String name) {
        return text(name).orElseThrow(() -> HttpRefusal.missing(name));
    }

    Optional<Boolean> flag(String name) {
        return text(name).map(text -> switch (text.strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw illegal(name, "true or false");
        });
    }

    int integer(String name, int otherwise) {
        return text(name).map(text -> integer(name, text)).orElse(otherwise);
    }

    OptionalDouble number(String name) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(Double.parseDouble(text.get()));
        } catch (NumberFormatException e) {
            throw illegal(name, "a number");
        }
    }

    /** The service that the request is about: v1 has the group in the name, or beside it. */
    ServiceId service() {
        return service(required("serviceName"));
    }

    ServiceId service(String name) {
        String namespace = text("namespaceId").orElse("");
        String group = text("groupName").orElse("");
        return form.grouped() ? Names.grouped(namespace, group, name) : Names.service(namespace, group, name);
    }

    /** The registry's name of the namespace that the request is about. */
    String namespace() {
        return Names.namespace(text("namespaceId").orElse(""));
    }

    /** The registry's name of the group that the request is about. */
    String group() {
        return Names.group(text("groupName").orElse(""));
    }

    /** The address that the request is about. */
    InstanceKey key() {
        return new InstanceKey(
                required("ip"),
                port(),
                Names.cluster(text("clusterName", "cluster").orElse("")));
    }

    int port() {
        int port = integer("port", required("port"));
        if (port < 0 || port > PORT_MAX) {
            throw Names.illegal("port", "the value should be between 0 and " + PORT_MAX);
        }
        return port;
    }

    /** The metadata that is given, as a JSON object or as {@code k=v,k2=v2}; empty if none is. */
    Optional<Map<String, String>> metadata() {
        return text("metadata").map(HttpCall::metadata);
    }

    static Map<String, String> metadata(String text) {
        if (text.strip().startsWith("{")) {
            try {
                return JsonObject.parse(text).allTexts();
            } catch (RegistryException broken) {
                throw badMetadata();
            }
        }
        Map<String, String> metadata = new HashMap<>();
        for (String pair : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw badMetadata();
            }
            metadata.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return metadata;
    }

    private static HttpRefusal badMetadata() {
        return new HttpRefusal(
                400,
                HttpRefusal.METADATA,
                "metadata format incorrect (expected: a JSON object of texts, or k1=v1,k2=v2)");
    }

    private static int integer(String name, String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw illegal(name, "a whole number");
        }
    }

    private static HttpRefusal illegal(String name, String expected) {
        return HttpRefusal.invalid("Param '" + name + "' is illegal, it should be " + expected + ".");
    }
}
