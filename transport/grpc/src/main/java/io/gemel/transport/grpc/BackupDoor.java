package io.gemel.transport.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.gemel.naming.Backups;
import io.gemel.naming.RegistryException;
import io.gemel.transport.grpc.v1.BackupGrpc;
import io.gemel.transport.grpc.v1.ReadBackupRequest;
import io.gemel.transport.grpc.v1.ReadBackupResponse;
import io.gemel.transport.grpc.v1.RecordCount;
import io.gemel.transport.grpc.v1.RestoreRequest;
import io.gemel.transport.grpc.v1.RestoreResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The service gemel.v1.Backup over {@link Backups}. The next piece is read when the last one was sent, and asked for when the last
 * one was taken.
 *
 * <p>Handlers run on the connection's event loop and never block. Thread-safe.
 */
public final class BackupDoor extends BackupGrpc.BackupImplBase {
    private static final int PIECE_BYTES_MAX = 1024 * 1024;

    private final Backups backups;

    /** A door for {@code backups}; serves once a server binds it. */
    public BackupDoor(Backups backups) {
        this.backups = backups;
    }

    @Override
    public void readBackup(ReadBackupRequest request, StreamObserver<ReadBackupResponse> responses) {
        Sending sending = new Sending((ServerCallStreamObserver<ReadBackupResponse>) responses);
        var unused = backups.read().whenComplete(sending::opened);
    }

    @Override
    public StreamObserver<RestoreRequest> restore(StreamObserver<RestoreResponse> responses) {
        return new Taking((ServerCallStreamObserver<RestoreResponse>) responses);
    }

    /** One backup on its way to a client. */
    private static final class Sending {
        private final ServerCallStreamObserver<ReadBackupResponse> call;
        private Backups.@Nullable Reading reading;
        private boolean busy;
        private boolean ended;

        Sending(ServerCallStreamObserver<ReadBackupResponse> call) {
            this.call = call;
            call.setOnReadyHandler(this::pump);
            call.setOnCancelHandler(this::cancelled);
        }

        synchronized void opened(Backups.@Nullable Reading opened, @Nullable Throwable failure) {
            if (opened == null || failure != null) {
                fail(failure);
                return;
            }
            reading = opened;
            if (ended) {
                opened.close();
            } else {
                pump();
            }
        }

        private synchronized void pump() {
            Backups.Reading from = reading;
            if (from == null || busy || ended || !call.isReady()) {
                return;
            }
            busy = true;
            var unused = from.next().whenComplete((piece, failure) -> {
                if (failure == null) {
                    read(piece);
                } else {
                    failed(failure);
                }
            });
        }

        private synchronized void failed(Throwable failure) {
            fail(failure);
        }

        private synchronized void read(Optional<byte[]> piece) {
            busy = false;
            if (ended) {
                return;
            }
            if (piece.isPresent()) {
                call.onNext(ReadBackupResponse.newBuilder()
                        .setData(UnsafeByteOperations.unsafeWrap(piece.get()))
                        .build());
                pump();
            } else {
                end();
                call.onCompleted();
            }
        }

        private void fail(@Nullable Throwable failure) {
            if (!ended) {
                end();
                call.onError(Refusals.answer(orUnknown(failure), Refusals.Call.READ));
            }
        }

        private synchronized void cancelled() {
            end();
        }

        private void end() {
            ended = true;
            Backups.Reading from = reading;
            if (from != null) {
                from.close();
            }
        }
    }

    /** One backup on its way from a client. */
    private final class Taking implements StreamObserver<RestoreRequest> {
        private final ServerCallStreamObserver<RestoreResponse> call;
        private Backups.@Nullable Restoring restoring;
        private boolean ended;

        Taking(ServerCallStreamObserver<RestoreResponse> call) {
            this.call = call;
            call.disableAutoRequest();
            call.setOnCancelHandler(this::cancelled);
            call.request(1);
        }

        @Override
        public synchronized void onNext(RestoreRequest request) {
            if (ended) {
                return;
            }
            try {
                switch (request.getPartCase()) {
                    case OPTIONS -> begin(request);
                    case DATA -> add(request.getData().toByteArray());
                    case PART_NOT_SET -> throw Codec.refuse("part: absent (expected: options, then data)");
                }
            } catch (RegistryException refusal) {
                fail(refusal);
            }
        }

        private void begin(RestoreRequest request) {
            if (restoring != null) {
                throw Codec.refuse("options: given twice (expected: once, before data)");
            }
            restoring = backups.restore(
                    request.getOptions().getReplace(), request.getOptions().getRehearse());
            call.request(1);
        }

        private void add(byte[] data) {
            if (data.length > PIECE_BYTES_MAX) {
                throw Codec.refuse("data: %d bytes (expected: at most %d)", data.length, PIECE_BYTES_MAX);
            }
            var unused = begun().add(data).whenComplete((done, failure) -> {
                if (failure == null) {
                    call.request(1);
                } else {
                    fail(failure);
                }
            });
        }

        @Override
        public synchronized void onCompleted() {
            if (ended) {
                return;
            }
            try {
                var unused = begun().finish().whenComplete(this::finished);
            } catch (RegistryException refusal) {
                fail(refusal);
            }
        }

        private synchronized void finished(Backups.@Nullable Restored restored, @Nullable Throwable failure) {
            if (restored == null || failure != null) {
                fail(failure);
            } else if (!ended) {
                end();
                call.onNext(RestoreResponse.newBuilder()
                        .setCluster(restored.cluster())
                        .setBackupRevision(restored.backupRevision())
                        .setRestored(count(restored.restored()))
                        .setReplaced(count(restored.replaced()))
                        .setRevision(restored.revision())
                        .build());
                call.onCompleted();
            }
        }

        private Backups.Restoring begun() {
            Backups.Restoring to = restoring;
            if (to == null) {
                throw Codec.refuse("options: absent (expected: first, before data)");
            }
            return to;
        }

        private synchronized void fail(@Nullable Throwable failure) {
            if (!ended) {
                end();
                call.onError(Refusals.answer(orUnknown(failure), Refusals.Call.WRITE));
            }
        }

        @Override
        public synchronized void onError(Throwable lost) {
            end();
        }

        private synchronized void cancelled() {
            end();
        }

        private void end() {
            ended = true;
            Backups.Restoring to = restoring;
            if (to != null) {
                to.close();
            }
        }
    }

    private static RecordCount count(Backups.Count count) {
        return RecordCount.newBuilder()
                .setRecords(count.records())
                .setInstances(count.instances())
                .setServices(count.services())
                .build();
    }

    private static Throwable orUnknown(@Nullable Throwable failure) {
        return failure == null ? new IllegalStateException("neither a result nor a failure") : failure;
    }
}
