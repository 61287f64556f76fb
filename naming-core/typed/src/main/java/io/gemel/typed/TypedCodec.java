package io.gemel.typed;

import com.caucho.hessian.io.Hessian2Input;
import com.caucho.hessian.io.Hessian2Output;
import io.gemel.naming.RegistryException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Typed metadata as Hessian 2: a list of values, each of a class with a {@link TypedForm}. Immutable, thread-safe.
 *
 * <p>Bytes are walked by our own scan first, which makes nothing of them and refuses whatever is not on the allow-list, nested, long or many beyond
 * its bounds; the library reads what the scan let through, and makes values by the forms' own functions. Equal values have equal bytes.
 */
public final class TypedCodec {
    private final Map<String, TypedForm<?>> byName = new HashMap<>();
    private final Map<Class<?>, TypedForm<?>> byType = new HashMap<>();
    private final AllowList allowList;

    /** Knows the built-in forms and those of {@code plugins}; throws {@link IllegalArgumentException} if two have a name or a class in common. */
    public TypedCodec(Iterable<TypedPlugin> plugins) {
        this(plugins, new NoClasses());
    }

    TypedCodec(Iterable<TypedPlugin> plugins, NoClasses classes) {
        BuiltIn.FORMS.forEach(this::allow);
        plugins.forEach(plugin -> plugin.forms().forEach(this::allow));
        this.allowList = new AllowList(byName, classes);
    }

    /** Knows the built-in forms and those of every {@link TypedPlugin} on the class path. */
    public static TypedCodec installed() {
        return new TypedCodec(ServiceLoader.load(TypedPlugin.class, TypedCodec.class.getClassLoader()));
    }

    private void allow(TypedForm<?> form) {
        TypedForm<?> sameName = byName.putIfAbsent(form.name(), form);
        TypedForm<?> sameType = byType.putIfAbsent(form.type(), form);
        if (sameName != null || sameType != null) {
            throw new IllegalArgumentException("form " + form.name() + " of "
                    + form.type().getName() + " (expected: a name and a class that no other plug-in has taken)");
        }
    }

    /** The bytes of {@code values}, of none none; throws {@link RegistryException} with {@code BAD_REQUEST} if they would be refused when they are read. */
    public byte[] encode(List<?> values) {
        if (values.isEmpty()) {
            return new byte[0];
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Hessian2Output out = new Hessian2Output(bytes);
        try {
            write(out, values);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        byte[] encoded = bytes.toByteArray();
        HessianScan.check(encoded, byName);
        return encoded;
    }

    /**
     * What {@code bytes} hold; throws {@link RegistryException} with {@code BAD_REQUEST}, before anything is made, if they hold anything else than values of
     * known forms, and if such a value is out of range.
     */
    public List<Object> decode(byte[] bytes) {
        if (bytes.length == 0) {
            return List.of();
        }
        HessianScan.check(bytes, byName);
        Hessian2Input in = new Hessian2Input(new ByteArrayInputStream(bytes));
        in.setSerializerFactory(allowList);
        try {
            return List.copyOf((List<?>) in.readObject());
        } catch (IOException e) {
            throw new RegistryException(
                    RegistryException.Code.BAD_REQUEST, "typed metadata is not readable: " + e.getMessage(), e);
        }
    }

    private void write(Hessian2Output out, @Nullable Object value) throws IOException {
        if (value == null) {
            out.writeNull();
        } else if (value instanceof String text) {
            out.writeString(text);
        } else if (value instanceof Boolean truth) {
            out.writeBoolean(truth);
        } else if (value instanceof Integer number) {
            out.writeInt(number);
        } else if (value instanceof Long number) {
            out.writeLong(number);
        } else if (value instanceof Double number) {
            out.writeDouble(number);
        } else if (value instanceof List<?> list) {
            boolean unused = out.writeListBegin(list.size(), null);
            for (Object element : list) {
                write(out, element);
            }
        } else if (value instanceof Map<?, ?> map) {
            writeMap(out, map);
        } else {
            writeObject(out, value);
        }
    }

    /** Sorted, so that equal maps have equal bytes. */
    private void writeMap(Hessian2Output out, Map<?, ?> map) throws IOException {
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((key, element) -> sorted.put((String) key, element));
        out.writeMapBegin(null);
        for (Map.Entry<String, Object> entry : sorted.entrySet()) {
            out.writeString(entry.getKey());
            write(out, entry.getValue());
        }
        out.writeMapEnd();
    }

    private void writeObject(Hessian2Output out, Object value) throws IOException {
        TypedForm<?> form = byType.get(value.getClass());
        if (form == null) {
            throw Refusals.refuse(
                    "typed metadata: %s (expected: a class with a form; is its plug-in on the class path?)",
                    value.getClass().getName());
        }
        if (out.writeObjectBegin(form.name()) < 0) {
            out.writeClassFieldLength(form.fields().size());
            for (String field : form.fields()) {
                out.writeString(field);
            }
            int unused = out.writeObjectBegin(form.name());
        }
        Map<String, Object> fields = form.fieldsOf(value);
        for (String field : form.fields()) {
            write(out, fields.get(field));
        }
    }
}
