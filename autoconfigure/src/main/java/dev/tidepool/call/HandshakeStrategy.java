package dev.tidepool.call;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;

import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * HttpClient's way to secure a connection, but for one thing: a handshake that the peer
 * has cut off is told from one that TLS has refused. JSSE and HttpCore say the first in
 * five ways, some of which look like the second; here all of them are
 * {@linkplain Failures#isCutOff cut off}.
 */
public final class HandshakeStrategy extends DefaultClientTlsStrategy {

	// What a session has as long as no handshake was complete (SSLSocket.getSession)
	private static final String NO_CIPHER_SUITE = "SSL_NULL_WITH_NULL_NULL";

	// What JSSE says of a peer that will send no more, and names no reason for it; later
	// ones put the name of an alert before it
	private static final String CLOSE_NOTIFY = "Received close_notify during handshake";

	private static final String SESSION_OF_HTTPCORE = "org.apache.hc.core5.reactor.ssl.SSLIOSession";

	private final TlsSessions sessions;

	/**
	 * Create a strategy.
	 * @param context the trust and key material
	 * @param protocols the versions to offer
	 * @param cipherSuites the cipher suites to offer
	 * @param verifier checks the name of the host too, after JSSE, which always does
	 */
	public HandshakeStrategy(SSLContext context, String[] protocols, String[] cipherSuites,
			@Nullable HostnameVerifier verifier) {
		super(context, protocols, cipherSuites, SSLBufferMode.STATIC,
				(verifier != null) ? HostnameVerificationPolicy.BOTH : HostnameVerificationPolicy.BUILTIN, verifier);
		this.sessions = new TlsSessions(context);
	}

	@Override
	public SSLSocket upgrade(Socket socket, String target, int port, @Nullable Object attachment, HttpContext context)
			throws IOException {
		try {
			return super.upgrade(socket, target, port, attachment, context);
		}
		catch (IOException ex) {
			throw told(ex);
		}
	}

	// A blocking handshake that the peer cancels in order ends without an exception
	@Override
	protected void verifySession(String hostname, SSLSession session) throws SSLException {
		if (NO_CIPHER_SUITE.equals(session.getCipherSuite())) {
			throw Failures.cutOff(new EOFException("Cancelled by the peer (RFC 8446, 6.1)"));
		}
		super.verifySession(hostname, session);
		this.sessions.handshake();
	}

	// Before 5.6.4, HttpClient asks JSSE to check the name when the engine has its
	// parameters already, so that nobody does (CVE-2026-71290)
	@Override
	protected void initializeEngine(SSLEngine engine) {
		SSLParameters parameters = engine.getSSLParameters();
		parameters.setEndpointIdentificationAlgorithm(URIScheme.HTTPS.id);
		engine.setSSLParameters(parameters);
	}

	@Override
	public void upgrade(TransportSecurityLayer session, NamedEndpoint endpoint, @Nullable Object attachment,
			Timeout timeout, FutureCallback<TransportSecurityLayer> callback) {
		super.upgrade(session, endpoint, attachment, timeout, new FutureCallback<>() {

			@Override
			public void completed(TransportSecurityLayer secured) {
				callback.completed(secured);
			}

			@Override
			public void failed(Exception ex) {
				callback.failed((ex instanceof IOException io) ? told(io) : ex);
			}

			@Override
			public void cancelled() {
				callback.cancelled();
			}

		});
	}

	private static IOException told(IOException ex) {
		if (Failures.isLoss(ex)) {
			return Failures.cutOff(ex);
		}
		boolean ended = isOfSession(ex)
				|| (ex instanceof SSLException && String.valueOf(ex.getMessage()).endsWith(CLOSE_NOTIFY));
		return ended ? Failures.cutOff(new EOFException("Closed by the peer")) : ex;
	}

	// What the TLS engine has decided is thrown by the engine; HttpCore's session makes
	// one of its own only where the peer has ended it
	private static boolean isOfSession(IOException ex) {
		StackTraceElement[] frames = ex.getStackTrace();
		return ex.getClass() == SSLHandshakeException.class && frames.length > 0
				&& frames[0].getClassName().equals(SESSION_OF_HTTPCORE);
	}

}
