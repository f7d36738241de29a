package peers;

import java.util.Arrays;

/** Times short things in blocks, as test/bench/engine/measure.ts does: one call is shorter than the clock is fine. */
final class Blocks {
    interface Call {
        Object run(int i) throws Exception;
    }

    /** Blocks of calls this long at least, and of this many calls at most. */
    private static final double BLOCK_NANOSECONDS = 20_000;
    private static final int MOST_CALLS = 50;

    private static Object sink;

    /** Nanoseconds per call over the means of blocks, and calls per second, after warming the JIT up for as long. */
    static String measure(Call call, int milliseconds) throws Exception {
        int i = warmUp(call, milliseconds);
        long trial = System.nanoTime();
        sink = call.run(i++);
        double estimate = Math.max(1, System.nanoTime() - trial);
        int block = (int) Math.max(1, Math.min(MOST_CALLS, BLOCK_NANOSECONDS / estimate));
        double[] times = new double[1024];
        int blocks = 0;
        long start = System.nanoTime();
        long end = start + milliseconds * 1_000_000L;
        long now = start;
        while (now < end) {
            for (int n = 0; n < block; n++) sink = call.run(i++);
            long then = now;
            now = System.nanoTime();
            if (blocks == times.length) times = Arrays.copyOf(times, 2 * blocks);
            times[blocks++] = (double) (now - then) / block;
        }
        double[] sorted = Arrays.copyOf(times, blocks);
        Arrays.sort(sorted);
        return "{\"p50\":%.0f,\"p90\":%.0f,\"p99\":%.0f,\"throughput\":%.1f,\"calls\":%d}".formatted(
            at(sorted, 0.5), at(sorted, 0.9), at(sorted, 0.99), blocks * (double) block * 1e9 / (now - start), blocks * block);
    }

    private static int warmUp(Call call, int milliseconds) throws Exception {
        long until = System.nanoTime() + milliseconds * 1_000_000L;
        int i = 0;
        while (System.nanoTime() < until) sink = call.run(i++);
        return i;
    }

    private static double at(double[] sorted, double share) {
        return sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))];
    }

    private Blocks() {}
}
