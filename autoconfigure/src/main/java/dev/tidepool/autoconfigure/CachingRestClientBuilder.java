package dev.tidepool.autoconfigure;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.client.RestClient;
import org.springframework.web.util.UriBuilderFactory;

import dev.tidepool.CachingUriBuilderFactory;

/**
 * Spring's builder, but that its clients keep what is made of URI templates, unless the
 * application gives it a {@link UriBuilderFactory} of its own. The one that does so has
 * to know the base URL and the default values of variables. A builder has no getters for
 * them, and that of a copy of a client may get others: so the builder and the client are
 * both watched. They are proxies, as what later versions of Spring add to the two
 * interfaces has to reach Spring's own.
 */
final class CachingRestClientBuilder implements InvocationHandler {

	private final RestClient.Builder builder;

	private @Nullable String baseUrl;

	private @Nullable Map<String, ?> defaultUriVariables;

	private boolean ownUriBuilderFactory;

	private CachingRestClientBuilder(RestClient.Builder builder) {
		this.builder = builder;
	}

	static RestClient.Builder create() {
		return new CachingRestClientBuilder(RestClient.builder()).proxy();
	}

	private RestClient.Builder proxy() {
		return proxy(RestClient.Builder.class, this);
	}

	private static <T> T proxy(Class<T> type, InvocationHandler handler) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, handler));
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
		@Nullable Object argument = (arguments != null) ? arguments[0] : null;
		switch (method.getName()) {
			case "build":
				return build();
			case "clone":
				return copy().proxy();
			case "apply":
				return apply((RestClient.Builder) proxy, argument);
			default:
				Object result = forward(this.builder, proxy, method, arguments);
				note(method.getName(), argument);
				return (result == this.builder) ? proxy : result;
		}
	}

	private static @Nullable Object forward(Object target, Object proxy, Method method,
			@Nullable Object @Nullable [] arguments) {
		return switch (method.getName()) {
			case "equals" -> arguments != null && proxy == arguments[0];
			case "hashCode" -> System.identityHashCode(proxy);
			default -> (arguments != null) ? ReflectionUtils.invokeMethod(method, target, arguments)
					: ReflectionUtils.invokeMethod(method, target);
		};
	}

	@SuppressWarnings("unchecked")
	private RestClient.Builder apply(RestClient.Builder proxy, @Nullable Object consumer) {
		((Consumer<RestClient.Builder>) Objects.requireNonNull(consumer)).accept(proxy);
		return proxy;
	}

	@SuppressWarnings("unchecked")
	private void note(String method, @Nullable Object argument) {
		switch (method) {
			case "baseUrl" -> this.baseUrl = Objects.toString(argument, null);
			case "defaultUriVariables" -> this.defaultUriVariables = (Map<String, ?>) argument;
			case "uriBuilderFactory" -> this.ownUriBuilderFactory = (argument != null);
			default -> {
			}
		}
	}

	private RestClient build() {
		if (this.ownUriBuilderFactory) {
			return this.builder.build();
		}
		RestClient client = this.builder.clone().uriBuilderFactory(uriBuilderFactory()).build();
		CachingRestClientBuilder builderOfCopies = copy();
		return proxy(RestClient.class, (proxy, method, arguments) -> method.getName().equals("mutate")
				? builderOfCopies.copy().proxy() : forward(client, proxy, method, arguments));
	}

	private UriBuilderFactory uriBuilderFactory() {
		CachingUriBuilderFactory factory = (this.baseUrl != null) ? new CachingUriBuilderFactory(this.baseUrl)
				: new CachingUriBuilderFactory();
		factory.setDefaultUriVariables(this.defaultUriVariables);
		return factory;
	}

	private CachingRestClientBuilder copy() {
		CachingRestClientBuilder copy = new CachingRestClientBuilder(this.builder.clone());
		copy.baseUrl = this.baseUrl;
		copy.defaultUriVariables = (this.defaultUriVariables != null) ? new LinkedHashMap<>(this.defaultUriVariables)
				: null;
		copy.ownUriBuilderFactory = this.ownUriBuilderFactory;
		return copy;
	}

	/**
	 * What a native image has to know of the proxies.
	 */
	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.proxies().registerJdkProxy(RestClient.class).registerJdkProxy(RestClient.Builder.class);
		}

	}

}
