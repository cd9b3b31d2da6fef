package dev.tidepool.connections;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestHeadersSpec.ConvertibleClientHttpResponse;

import dev.tidepool.classic.ChannelClients;
import dev.tidepool.testsupport.NginxServer;

/**
 * What an idle connection costs beyond HttpClient's own: the heap that is used after a
 * collection with many and with none, on Tidepool and on HttpClient alone.
 *
 * @param connections how many connections
 */
record MemoryScenario(int connections) {

	private static final Duration LONG = Duration.ofMinutes(10);

	private static final int ROUNDS = 3;

	private static final int COLLECTIONS = 5;

	Result run() throws Exception {
		try (NginxServer nginx = NginxServer.start(LONG)) {
			long[] alone = new long[ROUNDS];
			long[] tidepool = new long[ROUNDS];
			for (int i = 0; i < ROUNDS; i++) {
				alone[i] = onHttpClientAlone(nginx);
				tidepool[i] = onTidepool(nginx);
			}
			return new Result(this, median(alone), median(tidepool));
		}
	}

	private long onHttpClientAlone(NginxServer nginx) throws Exception {
		try (CloseableHttpClient client = ChannelClients.create(this.connections)) {
			return bytes(
					RestClient.builder().requestFactory(new HttpComponentsClientHttpRequestFactory(client)).build(),
					nginx);
		}
	}

	private long onTidepool(NginxServer nginx) throws Exception {
		return Side.TIDEPOOL.run((context) -> bytes(context.getBean(RestClient.class), nginx),
				"tidepool.pool.max-total=" + this.connections, "tidepool.pool.max-per-upstream=" + this.connections,
				"tidepool.keep-alive.upstream-timeout=" + LONG, "tidepool.pool.max-lifetime=1h");
	}

	// Of one connection
	private long bytes(RestClient client, NginxServer nginx) {
		open(client, nginx, 1);
		long before = usedHeap();
		open(client, nginx, this.connections);
		return (usedHeap() - before) / (this.connections - 1);
	}

	private static void open(RestClient client, NginxServer nginx, int connections) {
		List<ConvertibleClientHttpResponse> responses = new ArrayList<>();
		for (int i = 0; i < connections; i++) {
			responses.add(client.get().uri(nginx.url()).exchange((request, response) -> response, false));
		}
		responses.forEach(ConvertibleClientHttpResponse::close);
	}

	private static long usedHeap() {
		MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
		return LongStream.generate(() -> {
			memory.gc();
			return memory.getHeapMemoryUsage().getUsed();
		}).limit(COLLECTIONS).min().orElseThrow();
	}

	private static long median(long[] values) {
		return LongStream.of(values).sorted().skip(values.length / 2).findFirst().orElseThrow();
	}

	/**
	 * What was measured.
	 *
	 * @param scenario of what
	 * @param alone bytes of a connection of HttpClient alone
	 * @param tidepool bytes of a connection of Tidepool
	 */
	record Result(MemoryScenario scenario, long alone, long tidepool) {

		long beyond() {
			return this.tidepool - this.alone;
		}

	}

}
