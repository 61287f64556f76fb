package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gemel.naming.Backups;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackupDoorTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int PIECE_BYTES = 256 * 1024;
    private static final int PIECES = 200;
    private static final int FEW = 20;

    private final Fake backups = new Fake();
    private final DoorServer server = DoorServer.start("client", "127.0.0.1", 0, List.of(new BackupDoor(backups)));
    private final BackupCalls calls = new BackupCalls("127.0.0.1:" + server.port());

    @AfterEach
    void stop() {
        calls.close();
        server.close();
    }

    @Test
    void allPiecesArriveInOrder() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        calls.read(out, LONG);

        byte[] all = out.toByteArray();
        assertThat(all).hasSize(PIECES * PIECE_BYTES);
        for (int i = 0; i < PIECES; i++) {
            assertThat(all[i * PIECE_BYTES]).isEqualTo((byte) i);
        }
        await().untilAsserted(() -> assertThat(backups.closed).isTrue());
    }

    @Test
    void whoDoesNotReadOnCostsAFewPieces() {
        CountDownLatch read = new CountDownLatch(1);
        CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> {
            try {
                calls.read(
                        new OutputStream() {
                            @Override
                            public void write(int b) throws IOException {
                                try {
                                    read.await();
                                } catch (InterruptedException e) {
                                    throw new IOException(e);
                                }
                            }
                        },
                        LONG);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        await().during(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(backups.read).hasValueBetween(1, FEW));
        read.countDown();
        await().atMost(LONG).until(reading::isDone);
        assertThat(backups.read).hasValue(PIECES);
    }

    @Test
    void theSenderWaitsUntilItsPiecesAreTaken() {
        backups.taken = new CompletableFuture<>();
        AtomicInteger sent = new AtomicInteger();
        CompletableFuture<Backups.Restored> restoring = CompletableFuture.supplyAsync(() -> {
            try {
                return calls.restore(
                        new ByteArrayInputStream(new byte[PIECES * PIECE_BYTES]) {
                            @Override
                            public synchronized int read(byte[] to, int from, int length) {
                                sent.addAndGet(length);
                                return super.read(to, from, length);
                            }
                        },
                        true,
                        false,
                        LONG);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        await().during(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(sent.get()).isBetween(1, FEW * PIECE_BYTES));
        backups.taken.complete(null);

        assertThat(restoring.join()).isEqualTo(Fake.RESTORED);
        assertThat(backups.bytes).hasValue(PIECES * PIECE_BYTES);
        assertThat(backups.replace).isTrue();
        assertThat(backups.rehearse).isFalse();
    }

    @Test
    void aRefusalReachesTheCaller() {
        backups.refusal = Optional.of(new RegistryException(Code.NOT_EMPTY, "the cluster holds 3"));
        assertThatThrownBy(() -> calls.restore(new ByteArrayInputStream(new byte[10]), false, false, LONG))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Code.NOT_EMPTY))
                .hasMessageContaining("the cluster holds 3");
        assertThatThrownBy(() -> calls.read(new ByteArrayOutputStream(), LONG))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("the cluster holds 3");
    }

    @Test
    void aCallerThatGoesAwayEndsIt() throws Exception {
        backups.taken = new CompletableFuture<>();
        assertThatThrownBy(() ->
                        calls.restore(new ByteArrayInputStream(new byte[10]), false, false, Duration.ofSeconds(1)))
                .isInstanceOf(RegistryException.class);
        await().untilAsserted(() -> assertThat(backups.closed).isTrue());
    }

    /** Reads pieces out of nothing, and takes them when it is told to. */
    private static final class Fake implements Backups {
        static final Restored RESTORED = new Restored("blue", 7, new Count(3, 2, 1), new Count(0, 0, 0), 9);

        final AtomicInteger read = new AtomicInteger();
        final AtomicInteger bytes = new AtomicInteger();
        final AtomicBoolean closed = new AtomicBoolean();
        volatile CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);
        volatile Optional<RegistryException> refusal = Optional.empty();
        volatile boolean replace;
        volatile boolean rehearse;

        @Override
        public CompletableFuture<Reading> read() {
            if (refusal.isPresent()) {
                return CompletableFuture.failedFuture(refusal.get());
            }
            return CompletableFuture.completedFuture(new Reading() {
                @Override
                public CompletableFuture<Optional<byte[]>> next() {
                    return CompletableFuture.supplyAsync(() -> {
                        if (read.get() == PIECES) {
                            return Optional.empty();
                        }
                        byte[] piece = new byte[PIECE_BYTES];
                        piece[0] = (byte) read.getAndIncrement();
                        return Optional.of(piece);
                    });
                }

                @Override
                public void close() {
                    closed.set(true);
                }
            });
        }

        @Override
        public Restoring restore(boolean replaceAll, boolean rehearseOnly) {
            replace = replaceAll;
            rehearse = rehearseOnly;
            return new Restoring() {
                @Override
                public CompletableFuture<Void> add(byte[] piece) {
                    bytes.addAndGet(piece.length);
                    return taken.thenRunAsync(() -> {});
                }

                @Override
                public CompletableFuture<Restored> finish() {
                    return refusal.<CompletableFuture<Restored>>map(CompletableFuture::failedFuture)
                            .orElseGet(() -> taken.thenApply(done -> RESTORED));
                }

                @Override
                public void close() {
                    closed.set(true);
                }
            };
        }
    }
}
