package io.gemel.it.faults.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Sends signals that Java has no method for. */
final class Signal {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(1);

    private Signal() {}

    /** Sends {@code signal} (STOP, CONT) to a process; nothing if it is gone. After STOP all of it stands still. */
    static void send(String signal, long pid) {
        Tool.Ended ended = Tool.attempt(List.of("kill", "-" + signal, Long.toString(pid)), "");
        if (!ended.well()
                && ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
            throw new IllegalStateException("cannot send %s to %d: %s"
                    .formatted(signal, pid, ended.output().strip()));
        }
        if (ended.well() && signal.equals("STOP")) {
            awaitStandstill(Path.of("/proc", Long.toString(pid), "task"));
        }
    }

    /** On a busy machine a thread may run on for a while before it notices. */
    private static void awaitStandstill(Path threads) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (running(threads) && System.nanoTime() < end) {
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private static boolean running(Path threads) {
        if (!Files.isDirectory(threads)) {
            return false;
        }
        try (Stream<Path> all = Files.list(threads)) {
            return !all.allMatch(Signal::stands);
        } catch (IOException e) {
            return false; // the process has just ended
        }
    }

    private static boolean stands(Path thread) {
        try {
            String line = Files.readString(thread.resolve("stat"));
            // The name before the state is in parentheses, and may have any letters.
            char state = line.charAt(line.lastIndexOf(')') + 2);
            return state == 'T' || state == 't' || state == 'Z';
        } catch (IOException e) {
            return true; // the thread has just ended
        }
    }
}
