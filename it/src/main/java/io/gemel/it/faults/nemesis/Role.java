package io.gemel.it.faults.nemesis;

/** What a client process is there for, which its host's number tells: so that a fault meets those it is meant for. */
public enum Role {
    /** Its clients write: c1 to c9. */
    CLIENT(0),
    /** Its clients do nothing but watch: c11 to c19. */
    WATCHER(10),
    /** It sees it all, and no fault meets it: c21 to c29. */
    LOOKOUT(20);

    private static final int PER_ROLE = 10;

    private final int base;

    Role(int base) {
        this.base = base;
    }

    /** The name of the host number {@code number}, 1..9, of this role. */
    public String host(int number) {
        if (number < 1 || number >= PER_ROLE) {
            throw new IllegalArgumentException("number: " + number + " (expected: 1..9)");
        }
        return "c" + (base + number);
    }

    /** Whether the process on host {@code name} has this role. */
    boolean has(String name) {
        return Integer.parseInt(name.substring(1)) / PER_ROLE == base / PER_ROLE;
    }
}
