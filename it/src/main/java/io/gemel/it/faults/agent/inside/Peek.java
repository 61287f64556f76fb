package io.gemel.it.faults.agent.inside;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads and calls what is private to the classes under test. What is not there ends the process: a bug that is not in it must not count as survived. */
final class Peek {
    private Peek() {}

    /** The field's value, which must not be null. */
    static Object field(Object object, String name) {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    try {
                        Object value = opened(field).get(object);
                        if (value != null) {
                            return value;
                        }
                    } catch (IllegalAccessException e) {
                        throw Refusal.of("field " + type.getName() + "." + name + ": " + e.getMessage());
                    }
                }
            }
        }
        throw Refusal.of("field " + name + " of " + object.getClass().getName() + ": none, or null");
    }

    /** Sets a field. */
    static void set(Object object, String name, Object value) {
        try {
            opened(object.getClass().getDeclaredField(name)).set(object, value);
        } catch (ReflectiveOperationException e) {
            throw Refusal.of("field " + name + " of " + object.getClass().getName() + ": " + e);
        }
    }

    /** Calls the object's method of this name that takes these arguments. */
    static @Nullable Object call(Object object, String name, Object... arguments) {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().equals(name) && takes(method, arguments)) {
                    return invoke(method, object, arguments);
                }
            }
        }
        throw Refusal.of("method " + name + " of " + object.getClass().getName() + ": none that takes "
                + Arrays.toString(arguments));
    }

    /** What {@link #call} returns, of a method that never returns null. */
    static Object ask(Object object, String name, Object... arguments) {
        Object result = call(object, name, arguments);
        if (result == null) {
            throw Refusal.of("method " + name + " of " + object.getClass().getName() + " returned null");
        }
        return result;
    }

    /** Calls a static method of the class that {@code user}'s class can see as {@code type}. */
    static Object callStatic(Object user, String typeName, String name, Object... arguments) {
        Class<?> type = type(user, typeName);
        for (Method method : type.getDeclaredMethods()) {
            if (method.getName().equals(name) && takes(method, arguments)) {
                Object result = invoke(method, null, arguments);
                if (result != null) {
                    return result;
                }
            }
        }
        throw Refusal.of("static method " + name + " of " + typeName + ": none that returns anything");
    }

    /** Makes an object of the class that {@code user}'s class can see as {@code type}. */
    static Object make(Object user, String type, Object... arguments) {
        try {
            for (Constructor<?> constructor : type(user, type).getDeclaredConstructors()) {
                if (takes(constructor, arguments)) {
                    return opened(constructor).newInstance(arguments);
                }
            }
        } catch (ReflectiveOperationException e) {
            throw Refusal.of("constructor of " + type + ": " + e);
        }
        throw Refusal.of("constructor of " + type + ": none that takes " + Arrays.toString(arguments));
    }

    /** The constant {@code name} of the enum that {@code user}'s class can see as {@code type}. */
    static Object constant(Object user, String type, String name) {
        for (Object constant : type(user, type).getEnumConstants()) {
            if (constant.toString().equals(name)) {
                return constant;
            }
        }
        throw Refusal.of("constant " + type + "." + name + ": none");
    }

    private static Class<?> type(Object user, String name) {
        try {
            return Class.forName(name, true, user.getClass().getClassLoader());
        } catch (ClassNotFoundException e) {
            throw Refusal.of("class " + name + ": none");
        }
    }

    private static boolean takes(Executable executable, Object[] arguments) {
        Class<?>[] types = executable.getParameterTypes();
        if (types.length != arguments.length) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            if (!types[i].isPrimitive() && !types[i].isInstance(arguments[i])) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Object invoke(Method method, @Nullable Object object, Object[] arguments) {
        try {
            return opened(method).invoke(object, arguments);
        } catch (IllegalAccessException | IllegalArgumentException e) {
            throw Refusal.of("method " + method + ": " + e.getMessage());
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static <T extends AccessibleObject> T opened(T member) {
        member.setAccessible(true);
        return member;
    }
}
