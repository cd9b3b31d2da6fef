package dev.tidepool.soak;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.core.io.ClassPathResource;

import dev.tidepool.testsupport.ScriptedResolver;

/**
 * Restarts upstreams, changes their addresses and rotates their certificates, one after
 * the other, every few seconds.
 */
final class MixedDisturbances {

	private static final int SHORTEST_PAUSE = 2_000;

	private static final int LONGEST_PAUSE = 4_000;

	private static final int LONGEST_AWAY = 400;

	private final SplittableRandom random;

	private final MixedServers servers;

	private final ScriptedResolver names;

	private final DefaultSslBundleRegistry bundles;

	private final MixedTally tally;

	private volatile int restarts;

	private volatile int moves;

	private volatile int rotations;

	MixedDisturbances(long seed, MixedServers servers, ScriptedResolver names, DefaultSslBundleRegistry bundles,
			MixedTally tally) {
		this.random = new SplittableRandom(~seed);
		this.servers = servers;
		this.names = names;
		this.bundles = bundles;
		this.tally = tally;
	}

	/**
	 * Disturb some calls. In the end each upstream is there.
	 * @param calls makes them
	 */
	void during(Runnable calls) throws InterruptedException {
		CountDownLatch ended = new CountDownLatch(1);
		Thread thread = new Thread(() -> disturb(ended), "mixed-disturbances");
		thread.start();
		try {
			calls.run();
		}
		finally {
			ended.countDown();
			thread.join();
		}
	}

	int restarts() {
		return this.restarts;
	}

	int moves() {
		return this.moves;
	}

	int rotations() {
		return this.rotations;
	}

	private void disturb(CountDownLatch ended) {
		try {
			while (!ended.await(this.random.nextInt(SHORTEST_PAUSE, LONGEST_PAUSE), TimeUnit.MILLISECONDS)) {
				switch (this.random.nextInt(3)) {
					case 0 -> restart(ended);
					case 1 -> move(ended);
					default -> rotate(ended);
				}
			}
		}
		catch (Exception ex) {
			this.tally.violation("An upstream could not be disturbed", ex);
		}
	}

	private void restart(CountDownLatch ended) throws Exception {
		MixedServer server = this.servers.of(MixedUpstream.RESTARTING);
		server.stop();
		awhile(ended);
		server.begin(server.address(), server.certificate());
		this.restarts++;
	}

	// Its name follows some time later
	private void move(CountDownLatch ended) throws Exception {
		MixedServer server = this.servers.of(MixedUpstream.MOVING);
		boolean there = server.address().equals(MixedServer.FIRST_ADDRESS);
		server.stop();
		server.begin(there ? MixedServer.SECOND_ADDRESS : MixedServer.FIRST_ADDRESS, server.certificate());
		awhile(ended);
		point(server.address());
		this.moves++;
	}

	// At times it leads to both
	private void point(String address) throws UnknownHostException {
		String host = MixedUpstream.MOVING.host();
		if (this.random.nextBoolean()) {
			this.names.with(host, address);
		}
		else {
			this.names.with(host, MixedServer.FIRST_ADDRESS, MixedServer.SECOND_ADDRESS);
		}
	}

	// Trusted before it is shown, and the other until then: no call needs to notice
	private void rotate(CountDownLatch ended) throws Exception {
		MixedServer server = this.servers.of(MixedUpstream.ROTATING);
		String before = server.certificate();
		String after = before.equals("first") ? "second" : "first";
		trust(certificate(before) + certificate(after));
		awhile(ended);
		server.stop();
		server.begin(server.address(), after);
		awhile(ended);
		trust(certificate(after));
		this.rotations++;
	}

	private void trust(String certificates) {
		this.bundles.updateBundle(MixedServers.ROTATED,
				SslBundle.of(new PemSslStoreBundle(null, PemSslStoreDetails.forCertificate(certificates))));
	}

	private static String certificate(String name) throws IOException {
		return new ClassPathResource("tls/" + name + ".crt").getContentAsString(StandardCharsets.US_ASCII);
	}

	private void awhile(CountDownLatch ended) throws InterruptedException {
		ended.await(this.random.nextInt(LONGEST_AWAY), TimeUnit.MILLISECONDS);
	}

}
