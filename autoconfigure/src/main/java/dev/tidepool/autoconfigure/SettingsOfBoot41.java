package dev.tidepool.autoconfigure;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

import org.apache.hc.client5.http.DnsResolver;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.InetAddressFilter;

import dev.tidepool.AddressFilteredException;
import dev.tidepool.call.CallerSettings.Cookies;

/**
 * The settings that Boot 4.0 does not have, in a class that is not loaded there.
 */
final class SettingsOfBoot41 {

	private SettingsOfBoot41() {
	}

	static @Nullable Object addressFilter(HttpClientSettings settings) {
		return settings.inetAddressFilter();
	}

	static DnsResolver dnsResolver(Object addressFilter, DnsResolver dnsResolver) {
		return new FilteredDnsResolver((InetAddressFilter) addressFilter, dnsResolver);
	}

	static Cookies cookies(HttpClientSettings settings) {
		HttpCookieHandling handling = settings.cookieHandling();
		if (handling == null) {
			return Cookies.DEFAULT;
		}
		return (handling == HttpCookieHandling.DISABLE) ? Cookies.NONE : Cookies.STRICT;
	}

	private static final class FilteredDnsResolver implements DnsResolver {

		private final InetAddressFilter filter;

		private final DnsResolver all;

		FilteredDnsResolver(InetAddressFilter filter, DnsResolver all) {
			this.filter = filter;
			this.all = all;
		}

		@Override
		public InetAddress[] resolve(String host) throws UnknownHostException {
			InetAddress[] found = this.all.resolve(host);
			if (found == null) {
				throw new UnknownHostException(host);
			}
			InetAddress[] passed = Stream.of(found).filter(this.filter::matches).toArray(InetAddress[]::new);
			return require(host, passed, passed.length);
		}

		@Override
		public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
			// What is unresolved is refused by who asks
			List<InetSocketAddress> passed = this.all.resolve(host, port)
				.stream()
				.filter((found) -> found.isUnresolved() || this.filter.matches(found.getAddress()))
				.toList();
			return require(host, passed, passed.size());
		}

		@Override
		public String resolveCanonicalHostname(String host) throws UnknownHostException {
			return this.all.resolveCanonicalHostname(host);
		}

		private static <T> T require(String host, T passed, int size) throws AddressFilteredException {
			if (size == 0) {
				throw new AddressFilteredException(host);
			}
			return passed;
		}

	}

}
