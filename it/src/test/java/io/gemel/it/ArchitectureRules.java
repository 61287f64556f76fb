package io.gemel.it;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.AndFullName.Predicates.fullNameMatching;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.conditions.ArchConditions.never;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.util.List;
import java.util.stream.Stream;

/**
 * The arrows and habits of docs/ARCHITECTURE.md, as rules about the packages below one root.
 *
 * <p>The root is a parameter so that the same rules can be run on classes that break them: a rule that cannot fail proves
 * nothing.
 */
final class ArchitectureRules {
    /** What makes whatever object a stranger names. */
    static final DescribedPredicate<JavaClass> DESERIALISERS = DescribedPredicate.describe(
            "deserialisers",
            type -> type.getPackageName().startsWith("com.caucho")
                    || List.of("java.io.ObjectInputStream", "java.beans.XMLDecoder")
                            .contains(type.getName()));

    private final String root;

    ArchitectureRules(String root) {
        this.root = root;
    }

    /**
     * A rule.
     *
     * @param name the sentence it states
     * @param brokenBy simple names of deliberately wrong classes, each of which it must report
     */
    record Rule(String name, ArchRule rule, List<String> brokenBy) {
        static Rule of(String name, ArchRule rule, String... brokenBy) {
            return new Rule(name, rule.allowEmptyShould(true), List.of(brokenBy));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    List<Rule> all() {
        return Stream.of(arrows(), libraries(), habits()).flatMap(List::stream).toList();
    }

    private List<Rule> arrows() {
        return List.of(
                arrow("naming knows no other part", "NamingKnowsADoor", "naming"),
                arrow("typed metadata knows only naming", "TypedKnowsADoor", "typed", "naming"),
                arrow(
                        "consistency knows only naming and typed metadata",
                        "ConsistencyKnowsADoor",
                        "consistency",
                        "naming",
                        "typed"),
                arrow(
                        "doors know only naming and typed metadata",
                        "DoorKnowsConsistency",
                        "transport",
                        "naming",
                        "typed"),
                arrow(
                        "the client knows only naming and the gRPC contract",
                        "ClientKnowsConsistency",
                        "client",
                        "naming",
                        "transport.grpc"),
                Rule.of(
                        "doors do not know each other",
                        slices().matching(root + ".transport.(*)..").should().notDependOnEachOther(),
                        "DoorKnowsAnotherDoor"),
                Rule.of(
                        "on the server side only the command line, the tour, the load tool and the fault harness use the client",
                        classesOutside("client", "bootstrap.cli", "bootstrap.demo", "it.bench", "it.faults")
                                .should()
                                .onlyDependOnClassesThat(not(in("client"))),
                        "ServerUsesTheClient"),
                Rule.of(
                        "what embeds the client sees only its public package",
                        classesOutside("client").should().onlyDependOnClassesThat(not(in("client.internal"))),
                        "CommandUsesClientInternals"),
                Rule.of(
                        "packages have no cycles",
                        slices().matching(root + ".(**)").should().beFreeOfCycles(),
                        "NamingKnowsADoor",
                        "DoorKnowsNaming"));
    }

    private List<Rule> libraries() {
        return List.of(
                Rule.of(
                        "naming depends on the JDK, slf4j, jspecify and Error Prone's annotations alone",
                        classesIn("naming")
                                .should()
                                .onlyDependOnClassesThat(in("naming")
                                        .or(resideInAnyPackage(
                                                "java..",
                                                "org.slf4j..",
                                                "org.jspecify..",
                                                "com.google.errorprone.annotations.."))),
                        "NamingUsesGrpc"),
                library(
                        "JRaft and RocksDB are Raft's affair",
                        "DistroUsesRocksDb",
                        List.of("com.alipay..", "org.rocksdb.."),
                        "consistency.raft"),
                library(
                        "Hessian is read in one place, behind the scan and the allow-list",
                        "ToolUsesHessian",
                        List.of("com.caucho.."),
                        "typed"),
                library(
                        "JSON of strangers is read in the dialect that has it",
                        "ToolUsesJackson",
                        List.of("com.fasterxml.."),
                        "transport.nacos"),
                Rule.of(
                        "nothing on the way of Raft makes Java or Hessian objects of bytes",
                        classesIn("consistency.raft", "consistency.wire")
                                .should()
                                .onlyDependOnClassesThat(not(in("typed")).and(not(DESERIALISERS))),
                        "RaftDeserialisesJava",
                        "RaftReadsTypedMetadata"),
                Rule.of(
                        "nothing of ours makes Java objects of bytes",
                        classesIn()
                                .should()
                                .onlyDependOnClassesThat(not(DESERIALISERS.and(resideInAnyPackage("java..")))),
                        "RaftDeserialisesJava"),
                Rule.of(
                        "who leads is what Raft told us: JRaft's own answer waits for a lock that it holds while it connects to peers; only changes of members can wait",
                        classesIn("consistency")
                                .and()
                                .doNotHaveSimpleName("RaftMembers")
                                .should(
                                        never(
                                                callMethodWhere(
                                                        target(
                                                                fullNameMatching(
                                                                        "com\\.alipay\\.sofa\\.jraft\\.Node\\.(isLeader|getLeaderId|list(Alive)?Peers)\\(\\)"))))),
                        "ConsistencyAsksJRaftWhoLeads"),
                library(
                        "gRPC stays in doors, between servers, in the client, where it is all put together and where it is broken on purpose",
                        "ToolUsesGrpc",
                        List.of("io.grpc.."),
                        "transport",
                        "consistency",
                        "client",
                        "bootstrap",
                        "it.faults"),
                library(
                        "the HTTP server and its Netty stay in the door that needs them",
                        "ToolUsesArmeria",
                        List.of("com.linecorp.armeria..", "io.netty.."),
                        "transport.nacos"),
                library(
                        "only the server and the tools beside it have a command line and choose how to log",
                        "DoorHasACommandLine",
                        List.of("picocli..", "ch.qos.logback.."),
                        "bootstrap",
                        "it.bench",
                        "it.faults"));
    }

    private List<Rule> habits() {
        return List.of(
                Rule.of(
                        "names say what a thing is",
                        classesIn().should(Habits.haveATellingName()),
                        "ServiceManager",
                        "OrderUtils",
                        "DefaultDoor",
                        "AbstractDoor"),
                Rule.of(
                        "nothing sleeps or reads the wall clock",
                        classesIn().should(Habits.notSleepNorReadTheWallClock()),
                        "NamingSleeps",
                        "NamingReadsTheWallClock"),
                Rule.of(
                        "the monotonic clock comes in as a Ticker, made where the process or the client is put together",
                        classesOutside("bootstrap", "client", "it.bench", "it.faults")
                                .should(Habits.notReadTheMonotonicClock()),
                        "ConsistencyReadsTheClock"),
                Rule.of(
                        "threads are loops",
                        classesIn().should(Habits.makeNoThreads()),
                        "ConsistencyMakesAThread",
                        "ConsistencyMakesAPool"),
                Rule.of(
                        "every package is null-marked",
                        classesIn().should(Habits.liveInANullMarkedPackage()),
                        "ToolUsesGrpc"),
                Rule.of(
                        "no static state changes",
                        classesIn().should(Habits.haveNoChangingStaticState()),
                        "StaticCounter",
                        "StaticCache"),
                Rule.of(
                        "public means used elsewhere",
                        classesOutside("client", "typed").should(Habits.needToBePublic()),
                        "PublicForNobody"),
                Rule.of(
                        "the client's internals are public only where its API needs them",
                        classesIn("client.internal").should(Habits.needToBePublic()),
                        "PublicInternal"));
    }

    /** Classes in {@code layer} depend on no other of our classes than those in {@code allowed}. */
    private Rule arrow(String name, String brokenBy, String layer, String... allowed) {
        return Rule.of(
                name,
                classesIn(layer)
                        .should()
                        .onlyDependOnClassesThat(resideOutsideOfPackage(root + "..")
                                .or(in(layer))
                                .or(in(allowed))),
                brokenBy);
    }

    /** Only {@code users} depend on what is in {@code packages}. */
    private Rule library(String name, String brokenBy, List<String> packages, String... users) {
        return Rule.of(
                name,
                classesOutside(users)
                        .should()
                        .onlyDependOnClassesThat(not(resideInAnyPackage(packages.toArray(String[]::new)))),
                brokenBy);
    }

    /** Our classes in these packages and below; all of ours if there are none. Generated ones are left out. */
    private GivenClassesConjunction classesIn(String... packages) {
        DescribedPredicate<JavaClass> where = packages.length == 0 ? resideInAnyPackage(root + "..") : in(packages);
        return classes().that(where.and(not(Habits.GENERATED)));
    }

    private GivenClassesConjunction classesOutside(String... packages) {
        return classes()
                .that(resideInAnyPackage(root + "..").and(not(in(packages))).and(not(Habits.GENERATED)));
    }

    private DescribedPredicate<JavaClass> in(String... packages) {
        return resideInAnyPackage(
                Stream.of(packages).map(name -> root + "." + name + "..").toArray(String[]::new));
    }
}
