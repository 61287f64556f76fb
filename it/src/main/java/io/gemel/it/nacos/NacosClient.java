package io.gemel.it.nacos;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A {@code NamingService} of nacos-client as it was published, behind a class loader that sees nothing of ours: it is called by the names of its
 * methods. So one test can speak through several versions. Thread-safe.
 */
public final class NacosClient implements AutoCloseable {
    private final String version;
    private final ClassLoader loader;
    private final Object service;
    private final ConcurrentMap<List<Object>, Method> called = new ConcurrentHashMap<>();

    /**
     * A client of {@code version}, with classes of its own.
     *
     * @param servers host:port of the HTTP doors it knows, with commas
     */
    public NacosClient(String version, String servers) {
        this(version, NacosLibraries.built().loader(version), servers);
    }

    /** The same, with the classes of {@code loader}, which other clients may share. */
    public NacosClient(String version, ClassLoader loader, String servers) {
        this.version = version;
        this.loader = loader;
        Properties properties = new Properties();
        properties.setProperty("serverAddr", servers);
        Class<?> factory = type("com.alibaba.nacos.api.naming.NamingFactory");
        service = withLoader(
                () -> factory.getMethod("createNamingService", Properties.class).invoke(null, properties));
    }

    /** An instance as a client sees it. */
    public record Seen(
            String address,
            double weight,
            boolean healthy,
            boolean ephemeral,
            String cluster,
            Map<String, String> metadata) {}

    /** An {@code Instance} to hand to the client. */
    public Object instance(String ip, int port, boolean ephemeral, double weight, Map<String, String> metadata) {
        Class<?> type = type("com.alibaba.nacos.api.naming.pojo.Instance");
        return withLoader(() -> {
            Object instance = type.getConstructor().newInstance();
            type.getMethod("setIp", String.class).invoke(instance, ip);
            type.getMethod("setPort", int.class).invoke(instance, port);
            type.getMethod("setEphemeral", boolean.class).invoke(instance, ephemeral);
            type.getMethod("setWeight", double.class).invoke(instance, weight);
            type.getMethod("setMetadata", Map.class).invoke(instance, metadata);
            return instance;
        });
    }

    /** An {@code EventListener} that tells {@code heard}, at each event, of the instances that it brings. */
    public Object listener(Consumer<List<Seen>> heard) {
        Class<?> type = type("com.alibaba.nacos.api.naming.listener.EventListener");
        return Proxy.newProxyInstance(loader, new Class<?>[] {type}, (proxy, method, arguments) -> {
            return switch (method.getName()) {
                case "onEvent" -> {
                    heard.accept(seen(get(arguments[0], "getInstances")));
                    yield null;
                }
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "listener";
            };
        });
    }

    /** A {@code FuzzyWatchEventWatcher} that adds to {@code heard}, at each event, its kind and the name of the service. */
    public Object watcher(List<String> heard) {
        Class<?> type = type("com.alibaba.nacos.api.naming.listener.FuzzyWatchEventWatcher");
        return Proxy.newProxyInstance(loader, new Class<?>[] {type}, (proxy, method, arguments) -> {
            return switch (method.getName()) {
                case "onEvent" ->
                    heard.add(get(arguments[0], "getChangeType") + " " + get(arguments[0], "getServiceName"));
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                case "toString" -> "watcher";
                default -> null; // no executor: the client's own
            };
        });
    }

    /** A selector of services that takes all. */
    public Object allServices() {
        Class<?> type = type("com.alibaba.nacos.api.selector.NoneSelector");
        return withLoader(() -> type.getConstructor().newInstance());
    }

    /** A selector of instances that takes the healthy ones; for versions from 2.5 on. */
    public Object healthyInstances() {
        Class<?> type = type("com.alibaba.nacos.client.naming.selector.NamingSelectorFactory");
        return withLoader(() -> type.getField("HEALTHY_SELECTOR").get(null));
    }

    /** Whether the version has such a method. */
    public boolean can(String method) {
        return Arrays.stream(service.getClass().getMethods())
                .anyMatch(each -> each.getName().equals(method));
    }

    /** Calls the method of the service whose name and arguments these are; throws what it throws, as an {@link IllegalStateException}. */
    public Optional<Object> call(String name, Object... arguments) {
        List<Object> by = new ArrayList<>(List.of(name));
        Arrays.stream(arguments).map(Object::getClass).forEach(by::add);
        Method method = called.computeIfAbsent(by, unknown -> method(name, arguments));
        return Optional.ofNullable(withLoader(() -> method.invoke(service, arguments)));
    }

    private Method method(String name, Object... arguments) {
        return Arrays.stream(service.getClass().getMethods())
                .filter(each -> each.getName().equals(name) && takes(each, arguments))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(version + " has no such method: " + name));
    }

    /** The methods that this {@code NamingService} has and that neither this nor {@code other} was called by. */
    public Set<String> uncalled(NacosClient other) {
        Set<String> left = Arrays.stream(
                        type("com.alibaba.nacos.api.naming.NamingService").getMethods())
                .map(NacosClient::signature)
                .collect(Collectors.toCollection(TreeSet::new));
        Stream.of(this, other)
                .flatMap(client -> client.called.values().stream())
                .map(NacosClient::signature)
                .forEach(left::remove);
        return left;
    }

    private static String signature(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", method.getName() + "(", ")"));
    }

    private static boolean takes(Method method, Object... arguments) {
        Class<?>[] types = method.getParameterTypes();
        if (types.length != arguments.length) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            boolean primitive = (types[i] == int.class && arguments[i] instanceof Integer)
                    || (types[i] == boolean.class && arguments[i] instanceof Boolean);
            if (!primitive && !types[i].isInstance(arguments[i])) {
                return false;
            }
        }
        return true;
    }

    /** The instances that a call returns. */
    public List<Seen> instances(String name, Object... arguments) {
        return seen(call(name, arguments).orElseThrow());
    }

    /** The names of the services of a group. */
    public List<String> services(String group) {
        return names(call("getServicesOfServer", 1, Integer.MAX_VALUE, group).orElseThrow());
    }

    /** The names in a {@code ListView} of them. */
    public List<String> names(Object view) {
        return strings(withLoader(() -> view.getClass().getMethod("getData").invoke(view)));
    }

    private static List<String> strings(Object list) {
        return ((List<?>) list).stream().map(String::valueOf).toList();
    }

    private List<Seen> seen(Object instances) {
        List<Seen> seen = new ArrayList<>();
        for (Object each : (List<?>) instances) {
            seen.add(one(each));
        }
        return seen;
    }

    /** One instance as the client sees it. */
    public Seen one(Object instance) {
        Map<?, ?> metadata = (Map<?, ?>) get(instance, "getMetadata");
        return new Seen(
                get(instance, "getIp") + ":" + get(instance, "getPort"),
                (double) get(instance, "getWeight"),
                (boolean) get(instance, "isHealthy"),
                (boolean) get(instance, "isEphemeral"),
                String.valueOf(get(instance, "getClusterName")),
                metadata.entrySet().stream()
                        .collect(Collectors.toMap(e -> String.valueOf(e.getKey()), e -> String.valueOf(e.getValue()))));
    }

    private Object get(Object instance, String getter) {
        return withLoader(() -> instance.getClass().getMethod(getter).invoke(instance));
    }

    private Class<?> type(String name) {
        return withLoader(() -> Class.forName(name, true, loader));
    }

    /** What may fail by reflection, or because what it calls fails. */
    @FunctionalInterface
    private interface Reflection<T> {
        T run() throws ReflectiveOperationException;
    }

    private <T> T withLoader(Reflection<T> reflection) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return reflection.run();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(String.valueOf(e.getCause()), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public void close() {
        call("shutDown");
    }

    @Override
    public String toString() {
        return version;
    }
}
