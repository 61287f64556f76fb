package io.gemel.transport.nacos;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Pieces of JSON that several answers have. */
final class HttpJson {
    private HttpJson() {}

    /** The field {@code metadata}. */
    static void metadata(JsonGenerator json, Map<String, String> metadata) throws IOException {
        json.writeObjectFieldStart("metadata");
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            if (!entry.getKey().equals(NacosInstance.ID_KEY)) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
        }
        json.writeEndObject();
    }

    /** The field {@code name}, a list of texts. */
    static void texts(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    /** The field {@code name}, an object with a type and nothing else. */
    static void type(JsonGenerator json, String name, String type) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("type", type);
        json.writeEndObject();
    }
}
