package dev.tidepool.benchmarks;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.apache.hc.client5.http.DnsResolver;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Says of each name that it is the loopback address, so that one server can be any number
 * of upstreams. As a configuration, it makes an application believe so.
 */
@Configuration(proxyBeanMethods = false)
class LoopbackResolver {

	/**
	 * The resolver.
	 */
	static final DnsResolver INSTANCE = new DnsResolver() {

		@Override
		public InetAddress[] resolve(String host) throws UnknownHostException {
			return new InetAddress[] { InetAddress.getByAddress(host, new byte[] { 127, 0, 0, 1 }) };
		}

		@Override
		public String resolveCanonicalHostname(String host) {
			return host;
		}

	};

	@Bean
	DnsResolver dnsResolver() {
		return INSTANCE;
	}

}
