package dev.tidepool.autoconfigure;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLContext;

import org.apache.hc.client5.http.ssl.DefaultHostnameVerifier;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.core5.http.ssl.TLS;
import org.apache.hc.core5.http.ssl.TlsCiphers;
import org.apache.hc.core5.ssl.SSLContexts;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

import dev.tidepool.call.HandshakeStrategy;
import dev.tidepool.call.TlsIdentity;
import dev.tidepool.call.UpstreamTls;
import dev.tidepool.policy.UpstreamSettings;

/**
 * The TLS identity of each SSL bundle, made when it is first needed: loading trust
 * material takes a good part of a start, and many applications never call https.
 */
final class TlsIdentities implements UpstreamTls {

	/**
	 * TLS sessions that are kept to be resumed, of which each upstream needs one. JSSE
	 * would keep each of the latest 20,480 by its ID too, which no client asks for, and
	 * 2.6 KB with each (measured).
	 */
	private static final int SESSIONS = 1000;

	private static final String JVM_DEFAULT = "";

	private final @Nullable SslBundles sslBundles;

	private final Map<String, TlsIdentity> byName = new ConcurrentHashMap<>();

	// Also those that were replaced: a caller's settings still hold them
	private final Map<SslBundle, String> names = Collections.synchronizedMap(new WeakHashMap<>());

	private volatile Runnable afterRotation = () -> {
	};

	TlsIdentities(@Nullable SslBundles sslBundles) {
		this.sslBundles = sslBundles;
		if (sslBundles != null) {
			sslBundles.getBundleNames().forEach((name) -> {
				this.names.put(sslBundles.getBundle(name), name);
				sslBundles.addBundleUpdateHandler(name, (bundle) -> rotated(name, bundle));
			});
		}
	}

	/**
	 * Say what to do after a bundle was replaced.
	 * @param action run on the thread that replaced it
	 */
	void afterRotation(Runnable action) {
		this.afterRotation = action;
	}

	private void rotated(String name, SslBundle bundle) {
		this.names.put(bundle, name);
		TlsIdentity identity = this.byName.get(name);
		if (identity != null) {
			identity.replace(strategy(bundle));
			this.afterRotation.run();
		}
	}

	/**
	 * Check that all bundles exist that properties name.
	 * @param properties the properties
	 * @throws InvalidTidepoolPropertyException if one does not exist
	 */
	void requireBundlesOf(TidepoolProperties properties) {
		require("tidepool.ssl.bundle", properties.getSsl().getBundle());
		properties.getUpstreams()
			.forEach((name, upstream) -> require(UpstreamSettings.propertiesOf(name) + ".ssl.bundle",
					upstream.getSsl().getBundle()));
	}

	private void require(String property, @Nullable String bundle) {
		if (bundle == null) {
			return;
		}
		try {
			bundle(bundle);
		}
		catch (NoSuchSslBundleException ex) {
			String known = (this.sslBundles != null) ? String.join(", ", this.sslBundles.getBundleNames()) : "";
			throw new InvalidTidepoolPropertyException(property, bundle, "is not an SSL bundle",
					"Define it under spring.ssl.bundle" + (known.isEmpty() ? ", where there is none yet."
							: ", or name one of those that there are: " + known + "."));
		}
	}

	private SslBundle bundle(String name) {
		if (this.sslBundles == null) {
			throw new NoSuchSslBundleException(name, "There are no SSL bundles");
		}
		return this.sslBundles.getBundle(name);
	}

	@Override
	public TlsIdentity of(UpstreamSettings upstream) {
		String bundle = upstream.sslBundle();
		return (bundle != null) ? named(bundle)
				: this.byName.computeIfAbsent(JVM_DEFAULT, (name) -> new TlsIdentity(strategyOfJvm()));
	}

	TlsIdentity named(String bundle) {
		return this.byName.computeIfAbsent(bundle, (name) -> of(bundle(name)));
	}

	TlsIdentity of(SslBundle bundle) {
		return new TlsIdentity(strategy(bundle));
	}

	private static HandshakeStrategy strategy(SslBundle bundle) {
		SslOptions options = bundle.getOptions();
		SSLContext context = bundle.createSslContext();
		context.getClientSessionContext().setSessionCacheSize(SESSIONS);
		return new HandshakeStrategy(context, protocols(context, options.getEnabledProtocols()),
				ciphers(context, options.getCiphers()), new DefaultHostnameVerifier());
	}

	private static HandshakeStrategy strategyOfJvm() {
		SSLContext context = SSLContexts.createSystemDefault();
		return new HandshakeStrategy(context, protocols(context, HttpsSupport.getSystemProtocols()),
				ciphers(context, HttpsSupport.getSystemCipherSuits()), null);
	}

	// HttpClient leaves weak ones out only on blocking sockets, and with HTTP/2
	private static String[] protocols(SSLContext context, String @Nullable [] chosen) {
		return (chosen != null) ? chosen : TLS.excludeWeak(context.getDefaultSSLParameters().getProtocols());
	}

	private static String[] ciphers(SSLContext context, String @Nullable [] chosen) {
		return (chosen != null) ? chosen : TlsCiphers.excludeWeak(context.getDefaultSSLParameters().getCipherSuites());
	}

	/**
	 * The name under which a bundle is registered, or was before it was replaced.
	 * @param bundle the bundle
	 * @return the name, or {@code null} if it is an object that only its owner knows
	 */
	@Nullable String nameOf(SslBundle bundle) {
		return this.names.get(bundle);
	}

}
