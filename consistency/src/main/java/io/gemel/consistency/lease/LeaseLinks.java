package io.gemel.consistency.lease;

import io.gemel.consistency.cluster.Batcher;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.wire.LeaseAnswer;
import io.gemel.consistency.wire.LeaseAnswers;
import io.gemel.consistency.wire.LeaseForwardGrpc;
import io.gemel.consistency.wire.LeaseQuestions;
import io.gemel.naming.LeaseRequest;
import io.gemel.naming.LeaseService;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.Ticker;
import io.gemel.naming.Written;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Takes what is asked to other members over the server port, what comes while a message is under way in the next one; and
 * answers them. Thread-safe.
 */
final class LeaseLinks {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int QUESTIONS_MAX = 256;
    private static final int WAITING_MAX = 16_384;

    private final String cluster;
    private final Members members;
    private final Function<String, Optional<ManagedChannel>> channels;
    private final Ticker ticker;
    private final Map<String, Link> links = new ConcurrentHashMap<>();

    LeaseLinks(String cluster, Members members, Function<String, Optional<ManagedChannel>> channels, Ticker ticker) {
        this.cluster = cluster;
        this.members = members;
        this.channels = channels;
        this.ticker = ticker;
    }

    /** Has {@code member} do what {@code request} asks. Fails with {@code UNAVAILABLE} if it does not answer, though it may have been done, or takes nothing for so long. */
    CompletableFuture<Optional<Written>> ask(String member, LeaseRequest request) {
        return links.computeIfAbsent(member, Link::new).ask(request);
    }

    /** To be called now and then. */
    void tick() {
        links.values().forEach(Link::tick);
        links.keySet().removeIf(member -> members.peer(member).isEmpty());
    }

    private record Question(LeaseRequest request, long askedNanos, CompletableFuture<Optional<Written>> answer) {}

    /** The way to one member. */
    private final class Link {
        private final String member;
        private final Batcher<Question> batcher = new Batcher<>(1, TIMEOUT, ticker, LeaseLinks::together, this::send);
        private final AtomicInteger waiting = new AtomicInteger();

        Link(String member) {
            this.member = member;
        }

        CompletableFuture<Optional<Written>> ask(LeaseRequest request) {
            if (waiting.incrementAndGet() > WAITING_MAX) {
                waiting.decrementAndGet();
                return CompletableFuture.failedFuture(new RegistryException(
                        Code.OVERLOADED, "heartbeats for " + member + ": " + WAITING_MAX + " wait already"));
            }
            Question question = new Question(request, ticker.nanos(), new CompletableFuture<>());
            var unused = question.answer.whenComplete((written, failure) -> waiting.decrementAndGet());
            batcher.add(question);
            return question.answer;
        }

        /** Whoever waits behind a message without an answer asks another member in time, instead of one message after the other. */
        void tick() {
            long now = ticker.nanos();
            List<Question> tooLong = new ArrayList<>();
            batcher.tick(question -> now - question.askedNanos >= TIMEOUT.toNanos() && tooLong.add(question));
            fail(tooLong, "takes nothing");
        }

        private void send(List<Question> questions, Runnable back) {
            Optional<ManagedChannel> channel = channels.apply(member);
            if (channel.isEmpty()) {
                fail(questions, "is not a member any more");
                back.run();
                return;
            }
            LeaseQuestions message = LeaseQuestions.newBuilder()
                    .setCluster(cluster)
                    .setNode(members.self().id())
                    .addAllQuestions(questions.stream()
                            .map(question -> LeaseCodec.encode(question.request))
                            .toList())
                    .build();
            // Not in the context of whoever happens to send: that ends when its own caller is answered.
            Context.ROOT.run(() -> LeaseForwardGrpc.newStub(channel.get())
                    .withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .ask(message, new Answers(questions, back)));
        }

        private void fail(List<Question> questions, String why) {
            RegistryException failure = new RegistryException(Code.UNAVAILABLE, "member " + member + " " + why);
            questions.forEach(question -> question.answer.completeExceptionally(failure));
        }

        /** Takes one message of answers to those who asked. */
        private final class Answers implements StreamObserver<LeaseAnswers> {
            private final List<Question> questions;
            private final Runnable back;

            Answers(List<Question> questions, Runnable back) {
                this.questions = questions;
                this.back = back;
            }

            @Override
            public void onNext(LeaseAnswers message) {
                List<LeaseAnswer> answers = message.getAnswersList();
                for (int i = 0; i < Math.min(answers.size(), questions.size()); i++) {
                    complete(questions.get(i).answer, answers.get(i));
                }
            }

            @Override
            public void onError(Throwable failure) {
                back.run();
                fail(
                        questions,
                        "did not answer: " + Status.fromThrowable(failure).getCode());
            }

            @Override
            public void onCompleted() {
                back.run();
                fail(questions, "left questions without an answer");
            }
        }
    }

    private static void complete(CompletableFuture<Optional<Written>> future, LeaseAnswer answer) {
        try {
            future.complete(LeaseCodec.decode(answer));
        } catch (RegistryException refusal) {
            future.completeExceptionally(refusal);
        }
    }

    private static List<Question> together(Deque<Question> waiting) {
        List<Question> message = new ArrayList<>();
        while (!waiting.isEmpty() && message.size() < QUESTIONS_MAX) {
            message.add(waiting.remove());
        }
        return message;
    }

    /** The other side: {@code kept} does what is asked, here. */
    LeaseForwardGrpc.LeaseForwardImplBase service(LeaseService kept) {
        return new LeaseForwardGrpc.LeaseForwardImplBase() {
            @Override
            public void ask(LeaseQuestions message, StreamObserver<LeaseAnswers> answer) {
                if (members.find(message.getNode()).isEmpty()
                        || !message.getCluster().equals(cluster)) {
                    answer.onError(Status.PERMISSION_DENIED
                            .withDescription("node " + message.getNode() + " of cluster " + message.getCluster()
                                    + " is not a member of cluster " + cluster)
                            .asRuntimeException());
                    return;
                }
                List<CompletableFuture<LeaseAnswer>> answers = message.getQuestionsList().stream()
                        .map(question -> asked(kept, () -> LeaseCodec.decode(question)))
                        .toList();
                var unused = CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                        .thenRun(() -> {
                            answer.onNext(LeaseAnswers.newBuilder()
                                    .addAllAnswers(answers.stream()
                                            .map(CompletableFuture::join)
                                            .toList())
                                    .build());
                            answer.onCompleted();
                        });
            }
        };
    }

    private static CompletableFuture<LeaseAnswer> asked(LeaseService kept, Supplier<LeaseRequest> request) {
        try {
            return kept.ask(request.get()).thenApply(LeaseCodec::encode).exceptionally(LeaseCodec::refused);
        } catch (RegistryException refusal) {
            return CompletableFuture.completedFuture(LeaseCodec.refused(refusal));
        }
    }
}
