package io.gemel.it.apps.springcloud;

import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestTemplate;

/**
 * An application as people write it for Spring Cloud Alibaba: it registers under its name, and calls others by theirs.
 *
 * <p>Once it serves and is registered it prints the port that it was given.
 */
@SpringBootApplication
@RestController
public class OrdersApplication {
    private final String title;
    private final DiscoveryClient discovery;
    private final RestTemplate http;

    OrdersApplication(@Value("${app.title}") String title, DiscoveryClient discovery, RestTemplate http) {
        this.title = title;
        this.discovery = discovery;
        this.http = http;
    }

    public static void main(String[] arguments) {
        SpringApplication.run(OrdersApplication.class, arguments);
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        ServletWebServerApplicationContext context = (ServletWebServerApplicationContext) event.getApplicationContext();
        System.out.println("serving at " + context.getWebServer().getPort());
    }

    /** Who answers. */
    @GetMapping("/title")
    String title() {
        return title;
    }

    /** Who answers to one who calls the service by its name. */
    @GetMapping("/call/{service}")
    String call(@PathVariable String service) {
        return http.getForObject("http://" + service + "/title", String.class);
    }

    /** Ports at which the service is found. */
    @GetMapping("/find/{service}")
    List<Integer> find(@PathVariable String service) {
        return discovery.getInstances(service).stream()
                .map(ServiceInstance::getPort)
                .sorted()
                .toList();
    }

    /** Names of services. */
    @GetMapping("/services")
    List<String> services() {
        return discovery.getServices();
    }

    /** What balances the load; a class of its own, since the application needs it to be made. */
    @Configuration
    static class Calls {
        @Bean
        @LoadBalanced
        RestTemplate http() {
            return new RestTemplate();
        }
    }
}
