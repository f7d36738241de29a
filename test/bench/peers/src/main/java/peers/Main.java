package peers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * `java -cp … peers.Main balana|authzforce folder milliseconds`: the policy in `folder/policy`, the requests in
 * `folder/requests`. Prints one line of JSON: versions, loading, heap, the decision on each request, and times.
 */
public final class Main {
    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        Path folder = Path.of(arguments[1]).toAbsolutePath();
        int milliseconds = Integer.parseInt(arguments[2]);
        List<String> texts = readAll(folder.resolve("requests"));

        Peer peer = arguments[0].equals("balana") ? new Balana() : new AuthzForce();
        long heapBefore = heap();
        long start = System.nanoTime();
        peer.load(folder.resolve("policy"));
        long loading = (System.nanoTime() - start) / 1_000_000;
        long heap = heap() - heapBefore;

        peer.prepare(texts);
        List<String> decisions = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) decisions.add('"' + peer.decide(i) + '"');
        String prepared = Blocks.measure(i -> peer.decide(i % texts.size()), milliseconds);
        String text = Blocks.measure(i -> peer.answer(texts.get(i % texts.size())), milliseconds);
        System.out.printf(
            "{\"version\":\"%s\",\"java\":\"%s\",\"loading\":%d,\"heap\":%d,\"decisions\":[%s],\"prepared\":%s,\"text\":%s}%n",
            version(peer), System.getProperty("java.vm.name") + ' ' + Runtime.version(), loading, heap,
            String.join(",", decisions), prepared, text);
    }

    private static List<String> readAll(Path folder) throws IOException {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) texts.add(Files.readString(file));
        }
        return texts;
    }

    /** Bytes in use after collecting what is not. */
    private static long heap() {
        for (int i = 0; i < 3; i++) System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static String version(Peer peer) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Main.class.getResourceAsStream("/META-INF/maven/" + peer.artefact() + "/pom.properties")) {
            if (in != null) properties.load(in);
        }
        return properties.getProperty("version", "unknown");
    }

    private Main() {}
}
