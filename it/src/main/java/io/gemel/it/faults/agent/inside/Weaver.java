package io.gemel.it.faults.agent.inside;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.pool.TypePool;
import org.jspecify.annotations.Nullable;

/**
 * Hands the JVM the woven classes in place of the originals, as they are loaded.
 *
 * <p>All of them are made at once, before the program begins, so that a class or method that is not there, or is there
 * twice, ends the process and not the proof.
 */
final class Weaver implements ClassFileTransformer {
    private final Map<String, byte[]> woven = new LinkedHashMap<>();

    Weaver(List<Weave> weaves) {
        ClassFileLocator locator = ClassFileLocator.ForClassLoader.ofSystemLoader();
        TypePool types = TypePool.Default.of(locator);
        Map<String, Map<Integer, Weave>> byType = new LinkedHashMap<>();
        int number = Woven.add(weaves);
        for (Weave weave : weaves) {
            byType.computeIfAbsent(weave.type(), type -> new LinkedHashMap<>()).put(number++, weave);
        }
        byType.forEach((name, numbered) -> {
            TypePool.Resolution found = types.describe(name);
            if (!found.isResolved()) {
                throw Refusal.of("class " + name + ": none");
            }
            woven.put(name.replace('.', '/'), bytes(found.resolve(), locator, numbered));
        });
    }

    private static byte[] bytes(TypeDescription type, ClassFileLocator locator, Map<Integer, Weave> numbered) {
        DynamicType.Builder<?> builder = new ByteBuddy().decorate(type, locator);
        for (Map.Entry<Integer, Weave> each : numbered.entrySet()) {
            MethodDescription method = target(type, each.getValue());
            Advice advice = Advice.withCustomMapping()
                    .bind(Around.WeaveNumber.class, each.getKey())
                    .to(method.isConstructor() ? Around.Constructor.class : Around.class);
            builder = builder.visit(advice.on(candidate -> candidate.equals(method)));
        }
        return builder.make().getBytes();
    }

    private static MethodDescription target(TypeDescription type, Weave weave) {
        List<MethodDescription.InDefinedShape> found = type.getDeclaredMethods().stream()
                .filter(method -> method.getInternalName().equals(weave.method()))
                .filter(method -> weave.parameters().isEmpty()
                        || weave.parameters().getAsInt()
                                == method.getParameters().size())
                .filter(method -> !method.isAbstract() && !method.isBridge())
                .toList();
        if (found.size() != 1) {
            throw Refusal.of("method " + weave + ": " + found.size() + " (expected: 1)");
        }
        return found.get(0);
    }

    /** Fails if a class was loaded before it could be woven. */
    void require(Class<?>[] loaded) {
        for (Class<?> type : loaded) {
            if (woven.containsKey(type.getName().replace('.', '/'))) {
                throw Refusal.of("class " + type.getName() + ": loaded before the agent");
            }
        }
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String name,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] original) {
        byte[] bytes = name == null ? null : woven.get(name);
        if (bytes != null) {
            Voice.say("woven " + name);
        }
        return bytes;
    }
}
