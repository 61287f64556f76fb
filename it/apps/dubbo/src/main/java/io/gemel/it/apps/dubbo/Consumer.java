package io.gemel.it.apps.dubbo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ReferenceConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;
import org.apache.dubbo.rpc.RpcException;

/**
 * {@code Consumer REGISTRY [APPLICATION]}: calls {@link Orders}, of that application if one is named, each time that somebody asks for {@code /call}, and
 * answers what came back.
 */
final class Consumer {
    private Consumer() {}

    public static void main(String[] arguments) throws IOException {
        ReferenceConfig<Orders> reference = new ReferenceConfig<>();
        reference.setInterface(Orders.class);
        reference.setCheck(false);
        // No call is tried again behind our back, and none runs out of time because the machine is busy.
        reference.setRetries(0);
        reference.setTimeout(30_000);
        if (arguments.length > 1) {
            reference.setProvidedBy(arguments[1]);
        }

        ApplicationConfig application = new ApplicationConfig("orders-consumer");
        application.setQosEnable(false);
        DubboBootstrap.getInstance()
                .application(application)
                .registry(new RegistryConfig(arguments[0]))
                .reference(reference)
                .start();
        Orders orders = reference.get();

        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/call", exchange -> {
            try {
                answer(exchange, 200, orders.title());
            } catch (RpcException e) {
                answer(exchange, 503, e.toString());
            }
        });
        http.start();
        System.out.println("serving at " + http.getAddress().getPort());
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
