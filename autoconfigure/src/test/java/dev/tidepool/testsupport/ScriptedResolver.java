package dev.tidepool.testsupport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.core5.net.InetAddressUtils;

/**
 * A name service that knows the names it was told, hangs on those that begin with
 * {@code hanging} until it is released, and cannot be interrupted, as the JVM's.
 */
public final class ScriptedResolver implements DnsResolver {

	private final Map<String, InetAddress[]> addresses = new ConcurrentHashMap<>();

	private final CountDownLatch released = new CountDownLatch(1);

	private final AtomicInteger started = new AtomicInteger();

	/**
	 * Tell it a name.
	 * @param host the name
	 * @param literals its addresses
	 * @return this resolver
	 */
	public ScriptedResolver with(String host, String... literals) throws UnknownHostException {
		InetAddress[] found = new InetAddress[literals.length];
		for (int i = 0; i < literals.length; i++) {
			found[i] = InetAddress.getByName(literals[i]);
		}
		this.addresses.put(host, found);
		return this;
	}

	/**
	 * Let go of those that hang.
	 */
	public void release() {
		this.released.countDown();
	}

	/**
	 * Look-ups so far.
	 */
	public int started() {
		return this.started.get();
	}

	@Override
	public InetAddress[] resolve(String host) throws UnknownHostException {
		this.started.incrementAndGet();
		if (host.startsWith("hanging")) {
			awaitRelease();
		}
		InetAddress[] found = InetAddressUtils.isIPv4(host) ? InetAddress.getAllByName(host) : this.addresses.get(host);
		if (found == null) {
			throw new UnknownHostException(host);
		}
		return found;
	}

	private void awaitRelease() {
		while (this.released.getCount() > 0) {
			try {
				this.released.await();
			}
			catch (InterruptedException ex) {
				// Goes on, as a look-up of the JVM does
			}
		}
	}

	@Override
	public String resolveCanonicalHostname(String host) {
		return host;
	}

}
