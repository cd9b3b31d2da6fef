package dev.tidepool.contract;

import java.net.URI;
import java.util.List;
import java.util.function.UnaryOperator;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;

import dev.tidepool.testsupport.TestRunners;

/**
 * How an application has one of the clients.
 */
abstract class ContractSide {

	/**
	 * The HTTP service groups of the application.
	 */
	static final List<String> GROUPS = List.of("quick", "middling", "slow");

	static final ContractSide REST_CLIENT = new RestClientSide();

	static final ContractSide WEB_CLIENT = new WebClientSide();

	/**
	 * An application with all of Tidepool, and what Boot has for this client.
	 */
	final ApplicationContextRunner application() {
		return TestRunners.allOfTidepool().withConfiguration(boot());
	}

	/**
	 * The auto-configurations of Boot that the client needs.
	 */
	protected abstract AutoConfigurations boot();

	/**
	 * A configuration that imports {@link GroupService} into each of the groups.
	 */
	abstract Class<?> groups();

	/**
	 * The client that is a bean of its own.
	 */
	abstract ContractClient readyClient(ApplicationContext context);

	/**
	 * A client of a builder that is injected for it.
	 */
	abstract ContractClient client(ApplicationContext context);

	/**
	 * A client with settings of its own.
	 * @param settings changes those of the application
	 */
	abstract ContractClient client(ApplicationContext context, UnaryOperator<HttpClientSettings> settings);

	/**
	 * Call through an HTTP service of a group.
	 * @return the body
	 * @throws ContractFailure if the call failed
	 */
	final String callService(ApplicationContext context, String group, URI uri) {
		GroupService service = context.getBean(HttpServiceProxyRegistry.class).getClient(group, GroupService.class);
		try {
			return service.get(uri);
		}
		catch (RuntimeException ex) {
			throw failure(ex);
		}
	}

	/**
	 * What a client throws, without what only this client wraps around it.
	 */
	protected abstract ContractFailure failure(Throwable thrown);

	interface GroupService {

		@GetExchange
		String get(URI uri);

	}

}
