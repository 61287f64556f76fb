package io.gemel.consistency.health;

import io.gemel.consistency.cluster.Live;
import io.gemel.naming.HealthVerdict;
import io.gemel.naming.Ticker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a majority of the voters find an instance unhealthy before it is called so. Confined to the loop of the checks.
 *
 * <p>The others are asked one at a time, in the order in which they are responsible for the instance: with three voters one answer is enough, and
 * where the fault is this node's network the first one ends it. Who cannot say is passed over. If too few are left, nothing is said, and the
 * next failure asks again.
 */
final class Agreement {
    private static final Logger LOG = LoggerFactory.getLogger(Agreement.class);

    private final Confirmations confirmations;
    private final Executor loop;
    private final Verdicts verdicts;
    private final OnceAMinute tooFew;
    private final OnceAMinute disagreed;
    private final Map<CheckTarget, Question> open = new HashMap<>();

    /** {@code loop} runs what it is given on the loop of the checks; what is agreed goes to {@code verdicts}. */
    Agreement(Confirmations confirmations, Executor loop, Verdicts verdicts, Ticker ticker) {
        this.confirmations = confirmations;
        this.loop = loop;
        this.verdicts = verdicts;
        this.tooFew = new OnceAMinute(ticker);
        this.disagreed = new OnceAMinute(ticker);
    }

    /** What is being asked about one target; this node is the first that agrees. */
    private static final class Question {
        final CheckTarget target;
        final HealthVerdict verdict;
        final List<String> order;
        final int needed;
        int asked = 1;
        int agree = 1;
        String unanswered = "no other voter is alive";

        Question(CheckTarget target, HealthVerdict verdict, int needed) {
            this.target = target;
            this.verdict = verdict;
            this.order = target.order;
            this.needed = needed;
        }
    }

    /** Has {@code verdict}, that {@code target} is unhealthy, agreed on, unless that is under way. */
    void seek(CheckTarget target, HealthVerdict verdict, Live live) {
        if (!open.containsKey(target)) {
            Question question = new Question(target, verdict, live.majority());
            open.put(target, question);
            goOn(question);
        }
    }

    /** What is asked about {@code target} is not true any more. */
    void drop(CheckTarget target) {
        open.remove(target);
    }

    private void goOn(Question question) {
        if (question.agree >= question.needed) {
            open.remove(question.target);
            verdicts.add(question.target, question.verdict);
        } else if (question.agree + question.order.size() - question.asked < question.needed) {
            open.remove(question.target);
            unanswered(question);
        } else {
            String member = question.order.get(question.asked++);
            confirmations.ask(
                    member,
                    question.verdict,
                    question.target.check.schedule().timeout(),
                    (finding, cause) -> loop.execute(() -> answered(question, member, finding, cause)));
        }
    }

    private void answered(Question question, String member, Confirmations.Finding finding, String cause) {
        if (open.get(question.target) != question) {
            return;
        }
        switch (finding) {
            case UNHEALTHY -> {
                question.agree++;
                goOn(question);
            }
            case HEALTHY -> {
                open.remove(question.target);
                verdicts.remove(question.target);
                disagreed(question, member);
            }
            case UNKNOWN -> {
                question.unanswered =
                        member + ": " + (cause.isEmpty() ? "no such registration, or no check of it" : cause);
                goOn(question);
            }
        }
    }

    /** Where this node's network is at fault, all that it checks disagrees, each time that it checks it. */
    private void disagreed(Question question, String member) {
        if (disagreed.due()) {
            LOG.warn(
                    "service={} instance={} cause={} but {} finds it healthy: is the network between here and there broken?",
                    question.target.service,
                    question.target.key,
                    question.verdict.cause(),
                    member);
        }
    }

    private void unanswered(Question question) {
        if (tooFew.due()) {
            LOG.warn(
                    "too few servers can confirm all failures, for one that of service={} instance={} cause={} failed={} needed={} unanswered={}",
                    question.target.service,
                    question.target.key,
                    question.verdict.cause(),
                    question.agree,
                    question.needed,
                    question.unanswered);
        }
    }
}
