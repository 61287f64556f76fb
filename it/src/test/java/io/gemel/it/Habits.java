package io.gemel.it;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The conditions of {@link ArchitectureRules} that ArchUnit does not have. */
final class Habits {
    /** What the protobuf and gRPC generators wrote. */
    static final DescribedPredicate<JavaClass> GENERATED = DescribedPredicate.describe("generated", type -> {
        JavaClass top = topLevel(type);
        return top.isAnnotatedWith("io.grpc.stub.annotations.GrpcGenerated")
                || top.isAssignableTo("com.google.protobuf.MessageLiteOrBuilder")
                || top.isAssignableTo("com.google.protobuf.Internal$EnumLite")
                || top.isAssignableTo("com.google.protobuf.GeneratedFile");
    });

    private static final Pattern VAGUE_NAME =
            Pattern.compile("Default.*|.*(Manager|Helper|Util|Utils|Impl|Holder|Processor|Info|Data|Bean)");

    /**
     * Who may make a thread, and why.
     *
     * <ul>
     *   <li>ThreadLoop: what all others use
     *   <li>ExitHook: the JDK takes nothing but a thread to run at exit
     * </ul>
     */
    private static final Set<String> THREAD_MAKERS = Set.of("ThreadLoop", "ExitHook");

    /** Public because a service loader makes them by name: JRaft asks for its RPC factory in this way. */
    private static final Set<String> MADE_BY_NAME = Set.of("GrpcRaftRpcFactory");

    private Habits() {}

    static ArchCondition<JavaClass> haveATellingName() {
        return condition("have a telling name", (type, events) -> {
            String name = type.getSimpleName();
            if (VAGUE_NAME.matcher(name).matches()) {
                violated(events, type, "is called " + name);
            }
            long kinds = type.getSubclasses().size();
            if (name.startsWith("Abstract") && kinds < 2) {
                violated(events, type, "is called " + name + " and has " + kinds + " subclasses (expected: 2 or more)");
            }
        });
    }

    static ArchCondition<JavaClass> notSleepNorReadTheWallClock() {
        return notReach(
                "sleep or read the wall clock",
                target -> is(target, Thread.class, "sleep")
                        || is(target, TimeUnit.class, "sleep")
                        || is(target, System.class, "currentTimeMillis")
                        || is(target, Instant.class, "now")
                        || is(target, Clock.class, "systemUTC"));
    }

    static ArchCondition<JavaClass> notReadTheMonotonicClock() {
        return notReach("read the monotonic clock", target -> is(target, System.class, "nanoTime"));
    }

    static ArchCondition<JavaClass> makeNoThreads() {
        Predicate<CodeUnitAccessTarget> makes = target -> target.getName().equals("<init>")
                && (target.getOwner().isAssignableTo(Thread.class)
                        || target.getOwner().isAssignableTo(ExecutorService.class)
                        || target.getOwner().isAssignableTo(Timer.class));
        Predicate<CodeUnitAccessTarget> asksFor = target -> target.getOwner().isEquivalentTo(Executors.class);
        ArchCondition<JavaClass> none = notReach("make threads", makes.or(asksFor));
        return condition("make no threads", (type, events) -> {
            if (!THREAD_MAKERS.contains(topLevel(type).getSimpleName())) {
                none.check(type, events);
            }
        });
    }

    static ArchCondition<JavaClass> liveInANullMarkedPackage() {
        return condition("live in a null-marked package", (type, events) -> {
            if (!type.getPackage().isAnnotatedWith("org.jspecify.annotations.NullMarked")) {
                violated(events, type, "is in a package without @NullMarked");
            }
        });
    }

    static ArchCondition<JavaClass> haveNoChangingStaticState() {
        return condition("have no static state that changes", (type, events) -> {
            for (JavaField field : type.getFields()) {
                boolean isStatic = field.getModifiers().contains(JavaModifier.STATIC);
                boolean isFinal = field.getModifiers().contains(JavaModifier.FINAL);
                if (isStatic && (!isFinal || changes(field.getRawType()))) {
                    violated(events, type, "has the static field " + field.getName());
                }
            }
        });
    }

    private static boolean changes(JavaClass type) {
        return type.getPackageName().equals(LongAdder.class.getPackageName())
                || type.isAssignableTo(ConcurrentMap.class)
                || type.isAssignableTo(ThreadLocal.class);
    }

    static ArchCondition<JavaClass> needToBePublic() {
        return condition("be public only if used outside their package", (type, events) -> {
            boolean candidate = type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC);
            boolean entry = MADE_BY_NAME.contains(type.getSimpleName())
                    || type.tryGetMethod("main", String[].class).isPresent();
            boolean used = type.getDirectDependenciesToSelf().stream()
                    .anyMatch(use -> !use.getOriginClass().getPackageName().equals(type.getPackageName()));
            if (candidate && !entry && !used) {
                violated(events, type, "is public but not used outside its package");
            }
        });
    }

    /** Sees method references too, which ArchUnit's own callMethod does not. */
    private static ArchCondition<JavaClass> notReach(String what, Predicate<CodeUnitAccessTarget> forbidden) {
        return condition(
                "not " + what,
                (type, events) -> type.getCodeUnitAccessesFromSelf().stream()
                        .filter(access -> forbidden.test(access.getTarget()))
                        .forEach(access -> violated(events, type, access.getDescription())));
    }

    private static boolean is(CodeUnitAccessTarget target, Class<?> owner, String name) {
        return target.getOwner().isEquivalentTo(owner) && target.getName().equals(name);
    }

    private static JavaClass topLevel(JavaClass type) {
        return type.getEnclosingClass().map(Habits::topLevel).orElse(type);
    }

    private static void violated(ConditionEvents events, JavaClass type, String what) {
        events.add(SimpleConditionEvent.violated(type, type.getName() + " " + what));
    }

    private static ArchCondition<JavaClass> condition(String what, BiConsumer<JavaClass, ConditionEvents> check) {
        return new ArchCondition<>(what) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                check.accept(type, events);
            }
        };
    }
}
