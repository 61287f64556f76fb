package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.Stage;

/** How a fault is brought about and ended. A failure to do so is an {@link IllegalStateException} with the reason; the fault then counts as not injected. */
public interface Injection {
    /** Begins the fault. Returns when it is in force; says on whom (s2, s1>s3). */
    String inject(Stage stage);

    /** Ends it. Called once after each {@link #inject}, also after one that failed half way; whatever ran before runs again (not waited for). */
    void heal(Stage stage);
}
