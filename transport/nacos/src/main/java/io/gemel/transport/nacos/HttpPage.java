package io.gemel.transport.nacos;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** The part of a list that a request asks for; the whole list has {@code total} elements. */
record HttpPage<T>(List<T> items, int total, int number, int size) {
    static <T> HttpPage<T> of(HttpCall call, List<T> all, int sizeUsual) {
        int number = Math.max(1, call.integer("pageNo", 1));
        int size = Math.max(0, call.integer("pageSize", sizeUsual));
        long from = Math.min(all.size(), (number - 1L) * size);
        long to = Math.min(all.size(), from + size);
        return new HttpPage<>(all.subList((int) from, (int) to), all.size(), number, size);
    }

    private long pages() {
        return size == 0 ? 0 : (total + size - 1L) / size;
    }

    /** The fields that go before the items in v3. */
    void writeV3(JsonGenerator json) throws IOException {
        json.writeNumberField("totalCount", total);
        json.writeNumberField("pageNumber", number);
        json.writeNumberField("pagesAvailable", pages());
    }
}
