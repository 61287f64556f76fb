package io.gemel.it.faults.agent.inside;

import org.jspecify.annotations.Nullable;

/** What is done differently where a method is called. Called on whichever thread calls the method. */
interface Twist {
    /** Says, as the result of {@link #before}, that the method is not to run and returns nothing. */
    Object NOTHING = new Object();

    /** One call of the method. */
    final class Call {
        private final @Nullable Object self;
        private final Object[] arguments;

        Call(@Nullable Object self, Object[] arguments) {
            this.self = self;
            this.arguments = arguments;
        }

        /** The object, of a method that is not static. */
        Object object() {
            if (self == null) {
                throw Refusal.of("a static method has no object");
            }
            return self;
        }

        /** As given; what is written into it is what the method gets. A constructor's are not to be changed. */
        Object[] arguments() {
            return arguments;
        }
    }

    /** Runs first, and may replace arguments. What it returns is returned in place of the method; null lets the method run. Not asked of constructors. */
    default @Nullable Object before(Call call) {
        return null;
    }

    /** Runs when the method has returned {@code result}, or another in its place; returns what the caller gets. */
    default @Nullable Object after(Call call, @Nullable Object result) {
        return result;
    }

    /** The method does not run; the caller gets {@code answer}. */
    static Twist answer(Object answer) {
        return new Twist() {
            @Override
            public Object before(Call call) {
                return answer;
            }
        };
    }

    /** The method does not run, and has no result. */
    static Twist nothing() {
        return answer(NOTHING);
    }

    /** The method runs, and its result is changed. */
    static Twist result(Result change) {
        return new Twist() {
            @Override
            public @Nullable Object after(Call call, @Nullable Object result) {
                return change.of(call, result);
            }
        };
    }

    /** Of each {@code n} calls the last is {@code rarely}, the others are as they were. */
    static Twist each(int n, Twist rarely) {
        Counter calls = new Counter();
        return new Twist() {
            @Override
            public @Nullable Object before(Call call) {
                return calls.next() % n == 0 ? rarely.before(call) : null;
            }
        };
    }

    /** Changes a result. */
    @FunctionalInterface
    interface Result {
        @Nullable
        Object of(Call call, @Nullable Object result);
    }

    /** Counts from 1. Thread-safe. */
    final class Counter {
        private long count;

        synchronized long next() {
            return ++count;
        }
    }
}
