package dev.tidepool.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;

import dev.tidepool.call.CallerSettings;
import dev.tidepool.call.CallerSettings.Cookies;
import dev.tidepool.call.CallerTimeouts;
import dev.tidepool.classic.ClassicClientFactory;

/**
 * Boot's seam: called for each RestClient.Builder, RestTemplateBuilder and HTTP service
 * group, each time with the settings of that caller.
 */
final class TidepoolClientHttpRequestFactoryBuilder
		implements ClientHttpRequestFactoryBuilder<HttpComponentsClientHttpRequestFactory> {

	private final ClassicClientFactory clients;

	private final Partitions partitions;

	TidepoolClientHttpRequestFactoryBuilder(ClassicClientFactory clients, Partitions partitions) {
		this.clients = clients;
		this.partitions = partitions;
	}

	@Override
	public HttpComponentsClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
		HttpClientSettings effective = (settings != null) ? settings : HttpClientSettings.defaults();
		CallerSettings caller = new CallerSettings(this.partitions.of(effective),
				new CallerTimeouts(effective.connectTimeout(), effective.readTimeout()),
				effective.redirects() != HttpRedirects.DONT_FOLLOW,
				BootVersion.IS_4_1 ? SettingsOfBoot41.cookies(effective) : Cookies.DEFAULT);
		return new PooledRequestFactory(this.clients.create(caller));
	}

}
