package io.gemel.it.wrong.consistency;

/** Wrong: a thread that no test can step. */
record ConsistencyMakesAThread(Thread thread) {
    ConsistencyMakesAThread(Runnable task) {
        this(new Thread(task, "own"));
    }
}
