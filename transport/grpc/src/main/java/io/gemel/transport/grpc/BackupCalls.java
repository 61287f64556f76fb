package io.gemel.transport.grpc;

import com.google.protobuf.ByteString;
import io.gemel.naming.Backups;
import io.gemel.naming.RegistryException;
import io.gemel.transport.grpc.v1.BackupGrpc;
import io.gemel.transport.grpc.v1.ReadBackupRequest;
import io.gemel.transport.grpc.v1.ReadBackupResponse;
import io.gemel.transport.grpc.v1.RecordCount;
import io.gemel.transport.grpc.v1.RestoreOptions;
import io.gemel.transport.grpc.v1.RestoreRequest;
import io.gemel.transport.grpc.v1.RestoreResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks the service gemel.v1.Backup of one node. Methods wait until all is done, at most as long as the given timeout, and throw
 * {@link RegistryException}, whose message begins with the address. Thread-safe.
 */
public final class BackupCalls implements AutoCloseable {
    private static final int PIECE_BYTES = 256 * 1024;

    private final String address;
    private final ManagedChannel channel;

    /** Connects on first use to the client door at {@code address}, host:port. */
    public BackupCalls(String address) {
        this.address = address;
        this.channel = NettyChannelBuilder.forTarget("dns:///" + address)
                .usePlaintext()
                .directExecutor()
                .build();
    }

    /** Writes a backup, as {@link Backups#read} makes it, to {@code to}; throws {@link IOException} if that fails. */
    public void read(OutputStream to, Duration timeout) throws IOException {
        try {
            Iterator<ReadBackupResponse> pieces = BackupGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
                    .readBackup(ReadBackupRequest.getDefaultInstance());
            while (pieces.hasNext()) {
                pieces.next().getData().writeTo(to);
            }
        } catch (StatusRuntimeException failure) {
            throw refused(failure, Refusals.Call.READ);
        }
    }

    /** Restores the backup that {@code from} has, as {@link Backups#restore} says. */
    public Backups.Restored restore(InputStream from, boolean replace, boolean rehearse, Duration timeout)
            throws IOException {
        Sending sending = new Sending();
        var unused = BackupGrpc.newStub(channel)
                .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
                .restore(sending);
        boolean sent = false;
        try {
            sending.send(RestoreRequest.newBuilder()
                    .setOptions(RestoreOptions.newBuilder().setReplace(replace).setRehearse(rehearse))
                    .build());
            for (byte[] piece = from.readNBytes(PIECE_BYTES); piece.length > 0; piece = from.readNBytes(PIECE_BYTES)) {
                sending.send(RestoreRequest.newBuilder()
                        .setData(ByteString.copyFrom(piece))
                        .build());
            }
            sent = true;
            return sending.answer();
        } catch (CompletionException failure) {
            throw refused(failure, rehearse ? Refusals.Call.READ : Refusals.Call.WRITE);
        } finally {
            if (!sent) {
                sending.cancel();
            }
        }
    }

    private RegistryException refused(Throwable failure, Refusals.Call kind) {
        RegistryException refusal = Refusals.received(failure, kind);
        return new RegistryException(refusal.code(), address + ": " + refusal.getMessage(), refusal);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private static Backups.Count count(RecordCount count) {
        return new Backups.Count(count.getRecords(), count.getInstances(), count.getServices());
    }

    /** The caller waits while the server takes no more, and at the end for the answer. */
    private static final class Sending implements ClientResponseObserver<RestoreRequest, RestoreResponse> {
        private final CompletableFuture<Backups.Restored> answer = new CompletableFuture<>();
        private @Nullable ClientCallStreamObserver<RestoreRequest> call;

        @Override
        public void beforeStart(ClientCallStreamObserver<RestoreRequest> started) {
            call = started;
            started.setOnReadyHandler(this::wake);
        }

        private ClientCallStreamObserver<RestoreRequest> call() {
            ClientCallStreamObserver<RestoreRequest> begun = call;
            if (begun == null) {
                throw new IllegalStateException("not begun");
            }
            return begun;
        }

        /** Throws {@link CompletionException} if the server has ended it. */
        synchronized void send(RestoreRequest request) {
            try {
                while (!call().isReady() && !answer.isDone()) {
                    wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException(e);
            }
            if (answer.isDone()) {
                Backups.Restored unused = answer.join();
                throw new CompletionException(new IllegalStateException("answered before all was sent"));
            }
            call().onNext(request);
        }

        Backups.Restored answer() {
            call().onCompleted();
            return answer.join();
        }

        void cancel() {
            if (!answer.isDone()) {
                call().cancel("given up", null);
            }
        }

        private synchronized void wake() {
            notifyAll();
        }

        @Override
        public void onNext(RestoreResponse response) {
            answer.complete(new Backups.Restored(
                    response.getCluster(),
                    response.getBackupRevision(),
                    count(response.getRestored()),
                    count(response.getReplaced()),
                    response.getRevision()));
        }

        @Override
        public void onError(Throwable failure) {
            answer.completeExceptionally(failure);
            wake();
        }

        @Override
        public void onCompleted() {
            answer.completeExceptionally(new IllegalStateException("ended without an answer"));
            wake();
        }
    }
}
