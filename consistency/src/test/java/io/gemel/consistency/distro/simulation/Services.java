package io.gemel.consistency.distro.simulation;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a host answers calls with. */
final class Services {
    private final Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();
    private final Wire.KeepAlive keepAlive;

    Services(List<BindableService> services, Wire.KeepAlive keepAlive) {
        this.keepAlive = keepAlive;
        for (BindableService service : services) {
            service.bindService()
                    .getMethods()
                    .forEach(method -> methods.put(method.getMethodDescriptor().getFullMethodName(), method));
        }
    }

    Wire.KeepAlive keepAlive() {
        return keepAlive;
    }

    /** Takes a call on. */
    void begin(String fullMethodName, Wire.End end, Timeline timeline, SimulatedCall<?, ?> caller) {
        ServerMethodDefinition<?, ?> method = methods.get(fullMethodName);
        if (method == null) {
            throw new IllegalArgumentException("no method " + fullMethodName);
        }
        begin(method, end, timeline, caller);
    }

    private <Q, R> void begin(
            ServerMethodDefinition<Q, R> method, Wire.End end, Timeline timeline, SimulatedCall<?, ?> caller) {
        SimulatedServerCall<Q, R> call = new SimulatedServerCall<>(method.getMethodDescriptor(), end, timeline, caller);
        caller.accepted(call);
        ServerCall.@Nullable Listener<Q> listener =
                method.getServerCallHandler().startCall(call, new Metadata());
        call.listen(listener);
    }
}
