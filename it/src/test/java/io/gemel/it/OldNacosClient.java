package io.gemel.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A client of Nacos 1.4 as it is published, with libraries of its own, which nothing here is compiled against. */
final class OldNacosClient implements AutoCloseable {
    private static final String NAMING = "com.alibaba.nacos.api.naming.";

    private final URLClassLoader loader;
    private final Object client;
    private final Class<?> type;

    /** A client of {@code servers}. */
    OldNacosClient(List<Node> servers) {
        this.loader = loader();
        List<String> addresses =
                servers.stream().map(node -> Node.HOST + ":" + node.httpPort()).toList();
        Properties properties = new Properties();
        properties.put("serverAddr", String.join(",", addresses));
        try {
            this.type = loader.loadClass(NAMING + "NamingService");
            this.client = inItsWorld(() -> loader.loadClass(NAMING + "NamingFactory")
                    .getMethod("createNamingService", Properties.class)
                    .invoke(null, properties));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static URLClassLoader loader() {
        Path dir = Path.of(System.getProperty("gemel.it.nacos14", "target/nacos-1.4"));
        try (Stream<Path> jars = Files.list(dir)) {
            List<URL> urls = new ArrayList<>();
            for (Path jar : jars.toList()) {
                urls.add(url(jar));
            }
            return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL url(Path jar) throws MalformedURLException {
        return jar.toUri().toURL();
    }

    /** What its users see of it. */
    @FunctionalInterface
    private interface Calling {
        @Nullable Object call() throws ReflectiveOperationException;
    }

    /** It finds parts of itself by the thread's class loader. */
    private Object inItsWorld(Calling calling) throws ReflectiveOperationException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            Object result = calling.call();
            return result == null ? "nothing" : result;
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Registers an instance of the default cluster and group. */
    void register(String service, String ip, int port, boolean ephemeral, Map<String, String> metadata) {
        try {
            Class<?> instanceType = loader.loadClass(NAMING + "pojo.Instance");
            Object instance = instanceType.getConstructor().newInstance();
            set(instance, "setIp", String.class, ip);
            set(instance, "setPort", int.class, port);
            set(instance, "setEphemeral", boolean.class, ephemeral);
            set(instance, "setMetadata", Map.class, metadata);
            call("registerInstance", new Class<?>[] {String.class, instanceType}, service, instance);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void set(Object target, String setter, Class<?> type, Object value)
            throws ReflectiveOperationException {
        Object unused = target.getClass().getMethod(setter, type).invoke(target, value);
    }

    void deregister(String service, String ip, int port, boolean ephemeral) {
        try {
            Class<?> instanceType = loader.loadClass(NAMING + "pojo.Instance");
            Object instance = instanceType.getConstructor().newInstance();
            set(instance, "setIp", String.class, ip);
            set(instance, "setPort", int.class, port);
            set(instance, "setEphemeral", boolean.class, ephemeral);
            call("deregisterInstance", new Class<?>[] {String.class, instanceType}, service, instance);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The ips of all instances, asked of a server now. */
    List<String> ips(String service) {
        Object instances = call("getAllInstances", new Class<?>[] {String.class, boolean.class}, service, false);
        return ips((List<?>) instances);
    }

    /** "UP" or "DOWN". */
    String serverStatus() {
        return (String) call("getServerStatus", new Class<?>[0]);
    }

    /** The names of services of the default group. */
    List<String> services() {
        Object page = call("getServicesOfServer", new Class<?>[] {int.class, int.class}, 1, 1_000);
        return ((List<?>) get(page, "getData")).stream().map(String::valueOf).toList();
    }

    /** What its listener is told from now on: for each event the ips of the instances. */
    List<List<String>> subscribe(String service) {
        List<List<String>> seen = new CopyOnWriteArrayList<>();
        try {
            Class<?> listenerType = loader.loadClass(NAMING + "listener.EventListener");
            Object listener = Proxy.newProxyInstance(loader, new Class<?>[] {listenerType}, (proxy, method, arguments) -> {
                return switch (method.getName()) {
                    case "onEvent" -> seen.add(ips((List<?>) get(arguments[0], "getInstances"))) ? null : null;
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "listener";
                };
            });
            call("subscribe", new Class<?>[] {String.class, listenerType}, service, listener);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        return seen;
    }

    private static List<String> ips(List<?> instances) {
        return instances.stream().map(instance -> (String) get(instance, "getIp")).sorted().toList();
    }

    private static Object get(Object target, String getter) {
        try {
            return target.getClass().getMethod(getter).invoke(target);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object call(String name, Class<?>[] types, Object... arguments) {
        try {
            Method method = type.getMethod(name, types);
            return inItsWorld(() -> method.invoke(client, arguments));
        } catch (InvocationTargetException refused) {
            throw new IllegalStateException(name + " failed", refused.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        call("shutDown", new Class<?>[0]);
    }
}
