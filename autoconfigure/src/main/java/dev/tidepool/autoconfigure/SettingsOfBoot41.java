package dev.tidepool.autoconfigure;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.InetAddressFilter;

import dev.tidepool.AddressFilteredException;
import dev.tidepool.classic.CallerSettings.Cookies;

/**
 * The settings that Boot 4.0 does not have, in a class that is not loaded there.
 */
final class SettingsOfBoot41 {

	private SettingsOfBoot41() {
	}

	static @Nullable Object addressFilter(HttpClientSettings settings) {
		return settings.inetAddressFilter();
	}

	static DnsResolver dnsResolver(Object addressFilter) {
		return new FilteredDnsResolver((InetAddressFilter) addressFilter);
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

		FilteredDnsResolver(InetAddressFilter filter) {
			this.filter = filter;
		}

		@Override
		public InetAddress[] resolve(String host) throws UnknownHostException {
			InetAddress[] passed = Stream.of(SystemDefaultDnsResolver.INSTANCE.resolve(host))
				.filter(this.filter::matches)
				.toArray(InetAddress[]::new);
			return require(host, passed, passed.length);
		}

		@Override
		public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
			List<InetSocketAddress> passed = Stream.of(resolve(host))
				.map((address) -> new InetSocketAddress(address, port))
				.toList();
			return require(host, passed, passed.size());
		}

		@Override
		public String resolveCanonicalHostname(String host) throws UnknownHostException {
			return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
		}

		private static <T> T require(String host, T passed, int size) throws AddressFilteredException {
			if (size == 0) {
				throw new AddressFilteredException(host);
			}
			return passed;
		}

	}

}
