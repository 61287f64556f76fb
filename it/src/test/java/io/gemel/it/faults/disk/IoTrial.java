package io.gemel.it.faults.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What {@link IoShimTest} runs below the shim: writes, syncs and reads one file, and says how each went. */
final class IoTrial {
    private IoTrial() {}

    /** Argument: the file. */
    public static void main(String[] args) throws IOException {
        try (FileChannel channel = FileChannel.open(
                Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.size();
            ByteBuffer first = ByteBuffer.allocate(1);
            attempt(() -> channel.read(first, 0)); // wakes the shim, which reads its rules at its first call
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            long begin = System.nanoTime();
            ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1, 1, 1});
            ByteBuffer back = ByteBuffer.allocate(3);
            System.out.print("write " + attempt(() -> channel.write(bytes, 0)));
            System.out.print(" sync " + attempt(() -> channel.force(true)));
            System.out.print(" read " + attempt(() -> channel.read(back, 0)));
            System.out.print(back.position() == 3 && back.get(1) != 1 ? " but damaged" : "");
            System.out.println(" in " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
        }
    }

    private static String attempt(Attempt attempt) {
        try {
            attempt.run();
            return "ok";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private interface Attempt {
        void run() throws IOException;
    }
}
