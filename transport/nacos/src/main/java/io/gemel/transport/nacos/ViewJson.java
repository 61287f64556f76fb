package io.gemel.transport.nacos;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceView;
import io.gemel.naming.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The hosts of a view as JSON: written once, shared by every answer and every push of either Nacos door.
 *
 * <p>What differs between answers is put around the hosts: the name, the clusters asked for, the time. A selection of hosts is made of
 * slices of the same bytes. Immutable.
 */
final class ViewJson {
    /** The one format; views remember their bytes by its identity. */
    static final WireFormat<ViewJson> FORMAT = ViewJson::new;

    /** How long a client may go without asking again, as far as it polls. */
    static final int CACHE_MILLIS = 10_000;

    private static final SerializedString COMMA = new SerializedString(",");
    private static final byte[] HEALTHY = "{\"healthy\":true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UNHEALTHY = "{\"healthy\":false".getBytes(StandardCharsets.US_ASCII);

    private final ServiceView view;
    private final byte[] elements; // each registration as an object, in order, with commas between them
    private final int[] ends;
    private final Hosts all;

    /** Hosts, as the elements of an array, and whether they are as they are because too few were healthy. */
    private record Hosts(ByteString elements, boolean protectedNow) {}

    private ViewJson(ServiceView view) {
        this.view = view;
        List<Registration> registrations = view.registrations();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        this.ends = new int[registrations.size()];
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.setRootValueSeparator(COMMA);
            for (int i = 0; i < ends.length; i++) {
                json.writeStartObject();
                NacosInstance.write(json, view.service(), registrations.get(i).instance());
                json.writeEndObject();
                json.flush();
                ends[i] = out.size();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes whatever is written", e);
        }
        this.elements = out.toByteArray();
        Hosts selected = selected(Selection.ALL);
        boolean asTheyAre = !selected.protectedNow && selected.elements.size() == elements.length;
        this.all = asTheyAre ? new Hosts(UnsafeByteOperations.unsafeWrap(elements), false) : selected;
    }

    /**
     * A whole {@code ServiceInfo} object.
     *
     * @param grouped whether the name begins with the group, as in Nacos's HTTP API v1 and v2
     * @param lastRefTime by which clients tell newer from older, in milliseconds
     */
    ByteString serviceInfo(Selection selection, boolean grouped, long lastRefTime) {
        Hosts hosts = selection.isAll() ? all : selected(selection);
        ByteString head = Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("name", grouped ? Names.grouped(view.service()) : Names.name(view.service()));
            json.writeStringField("groupName", Names.group(view.service()));
            json.writeStringField("clusters", selection.clusters());
            json.writeNumberField("cacheMillis", CACHE_MILLIS);
            json.writeNumberField("lastRefTime", lastRefTime);
            json.writeStringField("checksum", "");
            json.writeBooleanField("allIPs", false);
            json.writeBooleanField("allIps", false);
            json.writeBooleanField("reachProtectionThreshold", hosts.protectedNow);
            json.writeBooleanField("valid", true);
            json.writeArrayFieldStart("hosts");
            json.writeEndArray();
            json.writeEndObject();
        });
        int inArray = head.size() - 2;
        return head.substring(0, inArray).concat(hosts.elements).concat(head.substring(inArray));
    }

    /** The hosts alone, as a JSON array. */
    ByteString hosts(Selection selection) {
        ByteString elements = selection.isAll() ? all.elements : selected(selection).elements;
        return ByteString.copyFromUtf8("[").concat(elements).concat(ByteString.copyFromUtf8("]"));
    }

    /** As Nacos selects: clusters, enabled and selected ones, then healthy ones; if of those left too few are healthy, all pass for healthy. */
    private Hosts selected(Selection selection) {
        int covered = 0;
        int healthy = 0;
        for (Registration registration : view.registrations()) {
            if (selection.covers(registration)) {
                covered++;
                healthy += registration.instance().healthy() ? 1 : 0;
            }
        }
        boolean protectedNow =
                view.protectionThreshold() > 0 && covered > 0 && healthy <= view.protectionThreshold() * covered;
        ByteArrayOutputStream out = new ByteArrayOutputStream(elements.length);
        for (int i = 0; i < ends.length; i++) {
            Registration registration = view.registrations().get(i);
            if (selection.covers(registration)) {
                write(out, i, registration.instance().healthy(), protectedNow);
            }
        }
        return new Hosts(UnsafeByteOperations.unsafeWrap(out.toByteArray()), protectedNow);
    }

    private void write(ByteArrayOutputStream out, int index, boolean healthy, boolean protectedNow) {
        if (out.size() > 0) {
            out.write(',');
        }
        int start = index == 0 ? 0 : ends[index - 1] + 1;
        if (protectedNow && !healthy) {
            out.write(HEALTHY, 0, HEALTHY.length);
            start += UNHEALTHY.length;
        }
        out.write(elements, start, ends[index] - start);
    }
}
