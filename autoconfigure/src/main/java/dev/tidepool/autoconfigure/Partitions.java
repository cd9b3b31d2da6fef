package dev.tidepool.autoconfigure;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.hc.client5.http.DnsResolver;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.ssl.SslBundle;

import dev.tidepool.call.CallerSettings;
import dev.tidepool.call.CallerSettings.Cookies;
import dev.tidepool.call.CallerTimeouts;
import dev.tidepool.call.Partition;
import dev.tidepool.call.TlsIdentity;

/**
 * Finds the partition of a caller by its SSL bundle and its address filter. Partitions
 * live as long as a client or an idle connection of theirs does.
 */
final class Partitions {

	static final int MAX = 32;

	private static final Log logger = LogFactory.getLog(Partitions.class);

	private final TlsIdentities tls;

	private final DnsResolver dnsResolver;

	private final Partition unrestricted;

	private final Deque<Entry> mostRecentFirst = new ArrayDeque<>();

	private boolean warned;

	Partitions(TlsIdentities tls, DnsResolver dnsResolver) {
		this.tls = tls;
		this.dnsResolver = dnsResolver;
		this.unrestricted = new Partition(null, dnsResolver);
	}

	/**
	 * What a caller asks for.
	 * @param settings its settings, or {@code null} for the defaults
	 * @return all that matters to its client
	 */
	CallerSettings caller(@Nullable HttpClientSettings settings) {
		HttpClientSettings effective = (settings != null) ? settings : HttpClientSettings.defaults();
		return new CallerSettings(of(effective),
				new CallerTimeouts(effective.connectTimeout(), effective.readTimeout()),
				effective.redirects() != HttpRedirects.DONT_FOLLOW,
				BootVersion.IS_4_1 ? SettingsOfBoot41.cookies(effective) : Cookies.DEFAULT);
	}

	Partition of(HttpClientSettings settings) {
		SslBundle bundle = settings.sslBundle();
		Object filter = BootVersion.IS_4_1 ? SettingsOfBoot41.addressFilter(settings) : null;
		return (bundle == null && filter == null) ? this.unrestricted : find(bundle, filter);
	}

	private synchronized Partition find(@Nullable SslBundle bundle, @Nullable Object filter) {
		String name = (bundle != null) ? this.tls.nameOf(bundle) : null;
		Object tlsKey = (name != null) ? name : bundle;
		for (Iterator<Entry> entries = this.mostRecentFirst.iterator(); entries.hasNext();) {
			Entry entry = entries.next();
			Partition partition = entry.partition.get();
			if (partition == null) {
				entries.remove();
			}
			else if (entry.matches(tlsKey, filter)) {
				entries.remove();
				this.mostRecentFirst.addFirst(entry);
				return partition;
			}
		}
		Partition created = new Partition(tlsIdentity(name, bundle),
				(filter != null) ? SettingsOfBoot41.dnsResolver(filter, this.dnsResolver) : this.dnsResolver);
		add(new Entry(new WeakReference<>(created), weakOrNull(tlsKey), weakOrNull(filter)));
		return created;
	}

	private @Nullable TlsIdentity tlsIdentity(@Nullable String name, @Nullable SslBundle bundle) {
		if (name != null) {
			return this.tls.named(name);
		}
		return (bundle != null) ? this.tls.of(bundle) : null;
	}

	private void add(Entry entry) {
		this.mostRecentFirst.addFirst(entry);
		if (this.mostRecentFirst.size() > MAX) {
			this.mostRecentFirst.removeLast();
			warnOnce();
		}
	}

	private void warnOnce() {
		if (!this.warned) {
			this.warned = true;
			logger.warn(("More than %d combinations of SSL bundle and address filter are in use; the least recently "
					+ "used share no connections with new clients. Define SSL bundles under spring.ssl.bundle, and "
					+ "make one address filter for all clients")
				.formatted(MAX));
		}
	}

	private static @Nullable WeakReference<Object> weakOrNull(@Nullable Object key) {
		return (key != null) ? new WeakReference<>(key) : null;
	}

	private record Entry(WeakReference<Partition> partition, @Nullable WeakReference<Object> tlsKey,
			@Nullable WeakReference<Object> filter) {

		boolean matches(@Nullable Object otherTlsKey, @Nullable Object otherFilter) {
			return isSame(this.tlsKey, otherTlsKey) && isSame(this.filter, otherFilter);
		}

		private static boolean isSame(@Nullable WeakReference<Object> mine, @Nullable Object other) {
			if (mine == null || other == null) {
				return mine == null && other == null;
			}
			Object key = mine.get();
			return key == other || (key instanceof String && key.equals(other));
		}

	}

}
