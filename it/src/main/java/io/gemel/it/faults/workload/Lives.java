package io.gemel.it.faults.workload;

import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The endless stream of one application's lives: it opens, registers, changes, deregisters, closes, and begins anew.
 *
 * <p>Every third application is a resident: it registers once and stays, as most do in production. What is lost of it nobody brings
 * back by chance. Heirs are another manner: each life is short, and has the one address that all before it had.
 */
final class Lives {
    private static final int LONG_LIFE_PERCENT = 30;
    private static final int INSTANCES_MAX = 4;
    private static final int RESIDENTS_EVERY = 3;
    private static final int RESIDENT_IDLES = 100;

    private final RandomGenerator random;
    private final List<ServiceId> services;
    private final int tenant;
    private final Manner manner;
    private final Deque<Act> life = new ArrayDeque<>();
    private int lives;
    private int addresses;
    private int values;

    /** What the lives of an application are like. */
    enum Manner {
        /** Long and short, at ever new addresses. */
        VARIED,
        /** Short, at one address. */
        HEIRS
    }

    /** The lives of application {@code tenant}, in these services. */
    Lives(Seeds seeds, List<ServiceId> services, int tenant, Manner manner) {
        this.random = seeds.random();
        this.services = List.copyOf(services);
        this.tenant = tenant;
        this.manner = manner;
    }

    Act next() {
        if (life.isEmpty()) {
            live();
        }
        return life.remove();
    }

    private void live() {
        lives++;
        if (manner == Manner.HEIRS) {
            inherit();
            return;
        }
        List<InstanceKey> held = new ArrayList<>();
        add(Act.Kind.OPEN, 400, anyKey());
        if (tenant % RESIDENTS_EVERY == 0) {
            reside();
            return;
        }
        int acts = random.nextInt(100) < LONG_LIFE_PERCENT ? random.nextInt(10, 40) : random.nextInt(1, 8);
        for (int i = 0; i < acts; i++) {
            int lot = random.nextInt(100);
            if (held.isEmpty() || (lot < 25 && held.size() < INSTANCES_MAX)) {
                InstanceKey key = newKey();
                held.add(key);
                add(Act.Kind.REGISTER, 300, key);
            } else if (lot < 50) {
                add(Act.Kind.REGISTER, 600, held.get(random.nextInt(held.size())));
            } else if (lot < 70) {
                add(Act.Kind.DEREGISTER, 600, held.remove(random.nextInt(held.size())));
            } else {
                add(Act.Kind.IDLE, 1_500, anyKey());
            }
        }
        add(Act.Kind.CLOSE, 800, anyKey());
    }

    private void inherit() {
        InstanceKey key = anyKey();
        add(Act.Kind.OPEN, 200, key);
        add(Act.Kind.REGISTER, 200, key);
        if (random.nextBoolean()) {
            add(Act.Kind.REGISTER, 400, key);
        }
        add(Act.Kind.IDLE, 600, key);
        add(Act.Kind.DEREGISTER, 400, key);
        add(Act.Kind.CLOSE, 200, key);
    }

    private void reside() {
        for (int i = 0; i < INSTANCES_MAX; i++) {
            add(Act.Kind.REGISTER, 300, newKey());
        }
        for (int i = 0; i < RESIDENT_IDLES; i++) {
            add(Act.Kind.IDLE, 1_500, anyKey());
        }
        add(Act.Kind.CLOSE, 800, anyKey());
    }

    private InstanceKey newKey() {
        InstanceKey key = Keys.address(100 + tenant, addresses);
        addresses++;
        return key;
    }

    private void add(Act.Kind kind, int pauseMaxMillis, InstanceKey key) {
        // An address stays in its service, so that each of its values can be told from the address.
        ServiceId service = services.get(Math.floorMod(key.ip().hashCode(), services.size()));
        String value = "";
        if (kind == Act.Kind.REGISTER) {
            values++;
            value = "t" + tenant + "." + lives + "-" + values;
        }
        life.add(new Act(
                kind,
                Duration.ofMillis(random.nextInt(pauseMaxMillis)),
                "t" + tenant + "." + lives,
                random.nextInt(1_000),
                service,
                key,
                value));
    }

    private InstanceKey anyKey() {
        return Keys.address(100 + tenant, 0);
    }
}
