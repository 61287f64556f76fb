package io.gemel.it.faults.stage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A process that sends what it is told to, and prints what it hears. It has one connection at a time: the latest. */
final class Talker {
    private final BlockingQueue<Socket> sockets = new LinkedBlockingQueue<>(1);

    private Talker() {}

    /** Listens at an address and some ports of it; {@code dial HOST PORT} and {@code say TEXT} are its commands. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Talker talker = new Talker();
        for (String port : List.of(args).subList(Math.min(1, args.length), args.length)) {
            ServerSocket server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getByName(args[0]), Integer.parseInt(port)));
            start(() -> talker.accept(server));
        }
        print("ready");
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", -1);
                if (words[0].equals("dial")) {
                    talker.sockets.clear(); // what is said from now on waits for the new connection
                    start(() -> talker.dial(words[1], Integer.parseInt(words[2])));
                } else {
                    Socket socket = talker.sockets.take();
                    talker.sockets.add(socket);
                    start(() -> say(socket, words[1]));
                }
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "talker");
        thread.setDaemon(true);
        thread.start();
    }

    private static synchronized void print(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private void accept(ServerSocket server) {
        try {
            while (true) {
                talk(server.accept());
            }
        } catch (IOException e) {
            print("deaf " + e);
        }
    }

    private void dial(String host, int port) {
        try {
            talk(new Socket(host, port));
        } catch (IOException e) {
            print("unreachable " + e);
        }
    }

    private void talk(Socket socket) {
        sockets.clear();
        sockets.add(socket);
        start(() -> hear(socket));
    }

    private static void say(Socket socket, String text) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            print("unsaid " + e);
        }
    }

    private static void hear(Socket socket) {
        try (InputStream bytes = socket.getInputStream();
                BufferedReader in = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                print("heard " + (line.length() < 80 ? line : line.length() + " letters"));
            }
            print("closed");
        } catch (IOException e) {
            print("closed " + e);
        }
    }
}
