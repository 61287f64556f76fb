package io.gemel.it.apps.dubbo;

import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/** {@code Provider TITLE PORT REGISTRY [REGISTER_MODE]}: offers {@link Orders} until it is ended. */
final class Provider {
    private Provider() {}

    public static void main(String[] arguments) {
        String title = arguments[0];
        int port = Integer.parseInt(arguments[1]);
        ServiceConfig<Orders> orders = new ServiceConfig<>();
        orders.setInterface(Orders.class);
        orders.setRef(() -> title);

        ApplicationConfig application = new ApplicationConfig("orders-provider");
        application.setQosEnable(false);
        if (arguments.length > 3) {
            application.setRegisterMode(arguments[3]);
        }
        ProtocolConfig protocol = new ProtocolConfig("dubbo", port);
        protocol.setHost("127.0.0.1");
        DubboBootstrap dubbo = DubboBootstrap.getInstance()
                .application(application)
                .registry(new RegistryConfig(arguments[2]))
                .protocol(protocol)
                .service(orders)
                .start();
        System.out.println("serving at " + port);
        dubbo.await();
    }
}
