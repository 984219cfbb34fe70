package dev.bailiwick.bench.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class SmallCallBenchmarkTest {
    @Test
    void theBenchmarkMakesACallThatIsAnswered() throws IOException {
        SmallCallBenchmark benchmark = new SmallCallBenchmark();
        benchmark.start();
        try {
            assertThat(benchmark.call()).isEqualTo(7);
        } finally {
            benchmark.stop();
        }
    }
}
