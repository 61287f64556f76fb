package io.gemel.it.faults.stage;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A harness that starts a stage, freezes a part of it, says so, and waits to be killed. */
final class Abandoned {
    private Abandoned() {}

    /** With a directory: in the network of proxies. With {@code again} and a directory: in a namespace. */
    public static void main(String[] args) throws InterruptedException {
        if (args[0].equals("again")) {
            System.exit(PrivateNamespace.run(PrivateNamespace.java(Abandoned.class, List.of(args[1]))));
        }
        Preparation preparation = new Preparation();
        preparation.needNetwork(PrivateNamespace.inside() ? "namespaces" : "proxies");
        RunningStage stage = RunningStage.start(new StageSpec(2, Path.of(args[0]), preparation));
        stage.startWorker("c1").freeze();
        stage.startWorker("c2");
        stage.server("s1").freeze();
        System.out.println("abandon me");
        System.out.flush();
        new CountDownLatch(1).await();
    }
}
