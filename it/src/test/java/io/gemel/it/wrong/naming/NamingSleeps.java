package io.gemel.it.wrong.naming;

/** Wrong: whoever calls this waits for time instead of for a condition. */
record NamingSleeps(Pause pause) {
    NamingSleeps() {
        this(Thread::sleep);
    }

    /** Stands for any way to wait. */
    interface Pause {
        void millis(long millis) throws InterruptedException;
    }
}
