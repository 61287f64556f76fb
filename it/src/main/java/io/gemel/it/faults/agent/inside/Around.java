package io.gemel.it.faults.agent.inside;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** The code that is put around a woven method: it asks {@link Woven} before and after. Copied into other classes, never run here. */
@SuppressWarnings({"unused", "ParameterReassigned"}) // what is assigned here is read where the code is copied to
final class Around {
    private Around() {}

    /** Which weave it is; a number in the copied code. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.PARAMETER)
    @interface WeaveNumber {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static @Nullable Object enter(
            @WeaveNumber int weave,
            @Advice.This(optional = true) @Nullable Object self,
            @Advice.AllArguments(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object[] arguments) {
        Object[] given = arguments;
        Object instead = Woven.before(weave, self, given);
        arguments = given;
        return instead;
    }

    @Advice.OnMethodExit
    static void exit(
            @WeaveNumber int weave,
            @Advice.This(optional = true) @Nullable Object self,
            @Advice.AllArguments(typing = Assigner.Typing.DYNAMIC) Object[] arguments,
            @Advice.Enter @Nullable Object instead,
            @Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) @Nullable Object result) {
        result = Woven.after(weave, self, arguments, instead, result);
    }

    /** As above for a constructor, which cannot be asked before. */
    static final class Constructor {
        private Constructor() {}

        @Advice.OnMethodExit
        static void exit(
                @WeaveNumber int weave,
                @Advice.This Object self,
                @Advice.AllArguments(typing = Assigner.Typing.DYNAMIC) Object[] arguments) {
            Woven.after(weave, self, arguments, null, null);
        }
    }
}
