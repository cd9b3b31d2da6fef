package dev.tidepool.call;

import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSessionContext;

/**
 * Bounds what JSSE keeps of the TLS sessions of a client. With TLS 1.3 each session is
 * resumed once, and then held by the one that it came from (JDK 17 to 25,
 * {@code SSLSessionImpl.childSessions}). The first to an upstream is never resumed and so
 * stays in the cache, which does not grow as long as others are, and holds all that ever
 * came of it, 1 KB and more each (measured), whatever the cache's size. So all are let go
 * now and then, and the next handshake with each upstream is a full one.
 */
final class TlsSessions {

	static final int HANDSHAKES = 1000;

	private final SSLContext context;

	private final AtomicInteger handshakes = new AtomicInteger();

	TlsSessions(SSLContext context) {
		this.context = context;
	}

	/**
	 * A handshake is over. Each thousandth lets all sessions go.
	 */
	void handshake() {
		if (this.handshakes.incrementAndGet() % HANDSHAKES == 0) {
			letGo();
		}
	}

	private void letGo() {
		SSLSessionContext sessions = this.context.getClientSessionContext();
		if (sessions == null) {
			// Which a provider may leave out
			return;
		}
		// The context of the JVM is not ours alone
		synchronized (sessions) {
			int size = sessions.getSessionCacheSize();
			// The latest is left, which holds none: 0 is for no limit
			sessions.setSessionCacheSize(1);
			sessions.setSessionCacheSize(size);
		}
	}

}
