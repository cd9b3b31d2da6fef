package com.example.lab;

import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.springframework.web.client.RestClient;

/**
 * Replaces the certificate of an upstream while it is called, and tells the client by its
 * SSL bundle.
 */
final class CertificateRotation implements Experiment {

	private static final String BUNDLE = "lab";

	private final int calls;

	/**
	 * Create the experiment.
	 * @param calls how many calls are made before the rotation, after it, and after the
	 * upstream was restarted
	 */
	CertificateRotation(int calls) {
		this.calls = calls;
	}

	@Override
	public Description description() {
		return new Description("certificate-rotation", "Certificate rotation",
				("%1$d calls over TLS; then upstream and SSL bundle get a new certificate, as with reload-on-update; %1$d "
						+ "more calls; then the upstream is restarted; %1$d more.")
					.formatted(this.calls),
				"calls lost",
				"Boot reads the bundle when a client is built, and never again: its open connections go on under the old "
						+ "certificate, and once they are gone nothing works until the application is restarted. Tidepool "
						+ "follows the bundle: new handshakes use the new one, and connections of the old are not used "
						+ "any more.");
	}

	@Override
	public Map<String, String> properties(Side side) {
		return Map.of("spring.http.clients.ssl.bundle", BUNDLE);
	}

	@Override
	public Outcome run(Side side) throws Exception {
		Certificate first = Certificate.create();
		Certificate second = Certificate.create();
		Server server = new Server(first.server());
		AtomicInteger onOld = new AtomicInteger();
		try (LabUpstream upstream = new LabUpstream((request, out) -> {
			if (server.isOfOldCertificate(request.connection())) {
				onOld.incrementAndGet();
			}
			return Responses.text(out, "fine");
		}, server::secure); Clients clients = side.start(properties(side), Map.of(BUNDLE, first.trust()))) {
			RestClient client = clients.create(upstream.url().replace("http:", "https:"));
			// Loads classes, which is not what is measured
			client.get().retrieve().toBodilessEntity();
			Calls calls = new Calls();
			calls.make(1, this.calls, () -> client.get().retrieve().toBodilessEntity());
			server.rotate(second.server());
			clients.updateBundle(BUNDLE, second.trust());
			calls.make(1, this.calls, () -> client.get().retrieve().toBodilessEntity());
			upstream.closeConnections();
			calls.make(1, this.calls, () -> client.get().retrieve().toBodilessEntity());
			return Outcome.of(calls)
				.with("calls made", calls.made())
				.with("calls lost", calls.failed())
				.with("calls under the old certificate", onOld.get())
				.with("connections opened", upstream.accepted())
				.with(Calls.slow(3 * this.calls, "call"), calls.slowMillis(), "ms");
		}
	}

	/**
	 * The upstream's certificate, and the connections of the one before.
	 */
	private static final class Server {

		private final Set<Socket> old = ConcurrentHashMap.newKeySet();

		private final Set<Socket> current = ConcurrentHashMap.newKeySet();

		private volatile SSLContext context;

		Server(SSLContext context) {
			this.context = context;
		}

		Socket secure(Socket socket) throws IOException {
			SSLSocket secured = (SSLSocket) this.context.getSocketFactory().createSocket(socket, null, true);
			secured.startHandshake();
			this.current.add(socket);
			return secured;
		}

		void rotate(SSLContext context) {
			this.context = context;
			this.old.addAll(this.current);
		}

		boolean isOfOldCertificate(Socket socket) {
			return this.old.contains(socket);
		}

	}

}
