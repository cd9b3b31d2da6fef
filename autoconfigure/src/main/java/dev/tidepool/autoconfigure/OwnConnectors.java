package dev.tidepool.autoconfigure;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Gives each {@link WebClient.Builder} a connector of its own. Boot gives all of them the
 * same, and with it one store of cookies, so that the session of one caller would reach
 * another; and it takes from HTTP service groups the connector that it made from their
 * properties. A connector of the user's that is not of the pool is left alone.
 */
final class OwnConnectors implements WebClientCustomizer {

	private final ObjectProvider<ClientHttpConnector> shared;

	private final Map<WebClient.Builder, ClientHttpConnector> ofGroups = Collections
		.synchronizedMap(new WeakHashMap<>());

	OwnConnectors(ObjectProvider<ClientHttpConnector> shared) {
		this.shared = shared;
	}

	/**
	 * Keep what the properties of a group ask for.
	 * @param builder the builder of the group
	 * @param connector its connector
	 */
	void keep(WebClient.Builder builder, ClientHttpConnector connector) {
		this.ofGroups.put(builder, connector);
	}

	@Override
	public void customize(WebClient.Builder builder) {
		if (this.shared.getIfUnique() instanceof PooledConnector pooled) {
			ClientHttpConnector ofGroup = this.ofGroups.get(builder);
			builder.clientConnector((ofGroup != null) ? ofGroup : pooled.another());
		}
		builder.filter(new BodyRelease());
	}

}
