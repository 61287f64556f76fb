package io.gemel.typed;

import com.caucho.hessian.io.AbstractDeserializer;
import com.caucho.hessian.io.AbstractHessianInput;
import com.caucho.hessian.io.Deserializer;
import com.caucho.hessian.io.HessianProtocolException;
import com.caucho.hessian.io.Serializer;
import com.caucho.hessian.io.SerializerFactory;
import io.gemel.naming.RegistryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells the Hessian library how to read what {@link HessianScan} has let through: forms by their names, lists and maps as such.
 *
 * <p>The library's own way, from a name to a class to an instance without a constructor, is cut off at each place where it asks for
 * one. Nothing gets here that the scan did not know; should the two ever differ, this refuses.
 */
final class AllowList extends SerializerFactory {
    private final Map<String, Deserializer> readers = new HashMap<>();
    private final Deserializer lists = new ListReader();
    private final Deserializer maps = new MapReader();
    private final NoClasses classes; // the library itself holds it weakly

    AllowList(Map<String, TypedForm<?>> forms, NoClasses classes) {
        super(classes);
        this.classes = classes;
        forms.forEach((name, form) -> readers.put(name, new FormReader(form)));
    }

    @Override
    public Deserializer getObjectDeserializer(@Nullable String type) throws HessianProtocolException {
        Deserializer reader = readers.get(type);
        if (reader == null) {
            throw outside(type);
        }
        return reader;
    }

    @Override
    @SuppressWarnings("rawtypes") // as the library has it
    public Deserializer getObjectDeserializer(@Nullable String type, @Nullable Class expected)
            throws HessianProtocolException {
        return getObjectDeserializer(type);
    }

    @Override
    public Deserializer getListDeserializer(@Nullable String type) throws HessianProtocolException {
        if (type != null) {
            throw outside(type);
        }
        return lists;
    }

    @Override
    @SuppressWarnings("rawtypes") // as the library has it
    public Deserializer getListDeserializer(@Nullable String type, @Nullable Class expected)
            throws HessianProtocolException {
        return getListDeserializer(type);
    }

    @Override
    public Object readMap(AbstractHessianInput in, @Nullable String type) throws IOException {
        if (type != null) {
            throw outside(type);
        }
        return maps.readMap(in);
    }

    @Override
    public Object readList(AbstractHessianInput in, int length, @Nullable String type) throws IOException {
        throw outside(type);
    }

    @Override
    public Object readObject(AbstractHessianInput in, @Nullable String type, String[] fields) throws IOException {
        throw outside(type);
    }

    @Override
    public Deserializer getDeserializer(@Nullable String type) throws HessianProtocolException {
        throw outside(type);
    }

    @Override
    @SuppressWarnings("rawtypes") // as the library has it
    public Deserializer getDeserializer(Class type) throws HessianProtocolException {
        throw outside(type.getName());
    }

    @Override
    @SuppressWarnings("rawtypes") // as the library has it
    public Serializer getSerializer(Class type) throws HessianProtocolException {
        throw outside(type.getName());
    }

    @Override
    public Class<?> loadSerializedClass(String name) throws ClassNotFoundException {
        return classes.loadClass(name);
    }

    private static HessianProtocolException outside(@Nullable String type) {
        return new HessianProtocolException(
                "class " + Refusals.quoted(String.valueOf(type)) + " is not on the allow-list");
    }

    /** Makes a value of one form, by its constructor. */
    private static final class FormReader extends AbstractDeserializer {
        private final TypedForm<?> form;

        FormReader(TypedForm<?> form) {
            this.form = form;
        }

        @Override
        public Class<?> getType() {
            return form.type();
        }

        @Override
        public Object readObject(AbstractHessianInput in, Object[] fields) throws IOException {
            Map<String, Object> values = new HashMap<>();
            for (Object field : fields) {
                @Nullable Object value = in.readObject();
                if (value != null) {
                    values.put((String) field, value);
                }
            }
            return made(new TypedFields(form.name(), values));
        }

        @SuppressWarnings("IllegalCatch") // a plug-in's code: what is wrong with it must not take the server down
        private Object made(TypedFields fields) {
            try {
                return form.read().apply(fields);
            } catch (RegistryException refusal) {
                throw refusal;
            } catch (RuntimeException broken) {
                throw new RegistryException(
                        RegistryException.Code.BAD_REQUEST, form.name() + " cannot be made: " + broken, broken);
            }
        }
    }

    /** Reads a list that says its length. */
    private static final class ListReader extends AbstractDeserializer {
        @Override
        public Object readLengthList(AbstractHessianInput in, int length) throws IOException {
            List<Object> list = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                list.add(in.readObject());
            }
            return List.copyOf(list);
        }
    }

    /** Reads a map with text keys. */
    private static final class MapReader extends AbstractDeserializer {
        @Override
        public Object readMap(AbstractHessianInput in) throws IOException {
            Map<Object, Object> map = new LinkedHashMap<>();
            while (!in.isEnd()) {
                map.put(in.readObject(), in.readObject());
            }
            in.readEnd();
            return Map.copyOf(map);
        }
    }
}
