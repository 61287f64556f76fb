package io.gemel.client.internal;

import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.transport.grpc.Codec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file per service with a view of it, in a directory that clients may share. Thread-safe.
 *
 * <p>A file is 8 bytes that name the format and its version, the CRC-32C of the rest (4 bytes), and the view as in registry.proto. It
 * is written beside its place, synced and then renamed, so that it is there as a whole, old or new. Its name is made of a hash of the
 * service's, with the beginning of that in front for people: so no service's name leads out of the directory, is too long, or means another
 * service's file where letters' case makes no difference. What cannot be read is as good as absent.
 */
final class CacheFiles {
    static final int FILES_MAX = 10_000;

    private static final byte[] FORMAT = "GEMELV01".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = FORMAT.length + Integer.BYTES;
    private static final long BYTES_MAX = 64 * 1024 * 1024;
    private static final long NOT_OURS = -1;
    private static final int TITLE_MAX = 40;
    private static final int HASH_BYTES = 16;
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1," + TITLE_MAX + "}-[0-9a-f]{32}\\.view");
    private static final Pattern LEFT_OVER = Pattern.compile(NAME + "\\.\\d+\\.tmp");
    private static final Logger log = LoggerFactory.getLogger(CacheFiles.class);

    private final Path dir;
    private final Map<String, Long> present = new ConcurrentHashMap<>(); // with the checksum of what was written here
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet(); // and said so

    private CacheFiles(Path dir) {
        this.dir = dir;
    }

    /** What is in {@code dir}, which is made if need be. */
    static CacheFiles in(Path dir) throws IOException {
        Files.createDirectories(dir);
        CacheFiles files = new CacheFiles(dir);
        try (Stream<Path> all = Files.list(dir)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                String name = String.valueOf(file.getFileName());
                if (NAME.matcher(name).matches()) {
                    files.present.put(name, NOT_OURS);
                } else if (LEFT_OVER.matcher(name).matches()) {
                    Files.deleteIfExists(file); // of a client that died; one that lives writes its view again
                }
            }
        } catch (UncheckedIOException e) {
            throw new IOException(e);
        }
        return files;
    }

    /** Whether it has no file of any service. */
    boolean isEmpty() {
        return present.isEmpty();
    }

    /** Replaces what is kept of the view's service; of an empty service nothing is kept. Does nothing if it would make no difference. */
    void write(ServiceView view) throws IOException {
        String name = name(view.service());
        if (view.isEmpty()) {
            Files.deleteIfExists(dir.resolve(name));
            present.remove(name);
        } else if (present.containsKey(name) || present.size() < FILES_MAX) {
            byte[] content = content(view);
            long checksum = checksum(content);
            if (present.getOrDefault(name, NOT_OURS) != checksum || !Files.exists(dir.resolve(name))) {
                replace(name, content);
                present.put(name, checksum);
                unreadable.remove(name);
            }
        } else {
            log.debug("not cached, there are {} services already service={}", FILES_MAX, view.service());
        }
    }

    private void replace(String name, byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + content.length)
                .put(FORMAT)
                .putInt((int) checksum(content))
                .put(content)
                .flip();
        Path fresh = Files.createTempFile(dir, name + ".", ".tmp"); // for this user alone
        try {
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true); // or after a power loss the name may stand for a file without its bytes
            }
            Files.move(fresh, dir.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** What is kept of {@code service}; empty if nothing is, or nothing that can be read, of which a log line tells once. */
    Optional<ServiceView> read(ServiceId service) {
        String name = name(service);
        Path file = dir.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            ServiceView view = view(Files.readAllBytes(checked(file)));
            if (!view.service().equals(service)) {
                throw new IOException("it is of " + view.service());
            }
            return Optional.of(view);
        } catch (IOException | RegistryException damage) {
            if (unreadable.add(name)) {
                log.warn("cached view ignored service={} file={} cause={}", service, name, damage.toString());
            }
            return Optional.empty();
        }
    }

    private static Path checked(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > BYTES_MAX) {
            throw new IOException("not a file of at most " + BYTES_MAX + " bytes");
        }
        return file;
    }

    /** Without the revision, which means nothing to another connection. */
    private static byte[] content(ServiceView view) {
        return Codec.encode(view).toBuilder().setRevision(0).build().toByteArray();
    }

    private static ServiceView view(byte[] file) throws IOException {
        if (file.length < HEADER_BYTES || !Arrays.equals(file, 0, FORMAT.length, FORMAT, 0, FORMAT.length)) {
            throw new IOException("not of the format " + new String(FORMAT, StandardCharsets.US_ASCII));
        }
        byte[] content = Arrays.copyOfRange(file, HEADER_BYTES, file.length);
        if (ByteBuffer.wrap(file, FORMAT.length, Integer.BYTES).getInt() != (int) checksum(content)) {
            throw new IOException("its checksum does not fit");
        }
        return Codec.decode(io.gemel.transport.grpc.v1.ServiceView.parseFrom(content));
    }

    private static long checksum(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content);
        return crc.getValue();
    }

    static String name(ServiceId service) {
        String title = service.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "_");
        byte[] hash = sha256(service.toString().getBytes(StandardCharsets.UTF_8));
        return "%s-%s.view"
                .formatted(
                        title.substring(0, Math.min(title.length(), TITLE_MAX)),
                        HexFormat.of().formatHex(hash, 0, HASH_BYTES));
    }

    private static byte[] sha256(byte[] text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
