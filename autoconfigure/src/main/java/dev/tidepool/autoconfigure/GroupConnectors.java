package dev.tidepool.autoconfigure;

import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.boot.http.client.autoconfigure.HttpClientSettingsPropertyMapper;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;
import org.springframework.web.service.registry.HttpServiceGroup;

/**
 * Makes the connectors that HTTP service groups ask for in
 * {@code spring.http.serviceclient.<group>.*}, before customizers replace them: Boot does
 * so too, and then loses them to its customizer of connectors.
 */
final class GroupConnectors implements WebClientHttpServiceGroupConfigurer {

	private final HttpServiceClientProperties properties;

	private final HttpClientSettingsPropertyMapper settings;

	private final ClientHttpConnectorBuilder<?> builder;

	private final OwnConnectors connectors;

	GroupConnectors(HttpServiceClientProperties properties, HttpClientSettingsPropertyMapper settings,
			ClientHttpConnectorBuilder<?> builder, OwnConnectors connectors) {
		this.properties = properties;
		this.settings = settings;
		this.builder = builder;
		this.connectors = connectors;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 1;
	}

	@Override
	public void configureGroups(Groups<WebClient.Builder> groups) {
		groups.forEachClient(this::keep);
	}

	private void keep(HttpServiceGroup group, WebClient.Builder client) {
		HttpClientProperties ofGroup = this.properties.get(group.name());
		if (ofGroup != null) {
			this.connectors.keep(client, this.builder.build(this.settings.map(ofGroup)));
		}
	}

}
