package dev.tidepool.autoconfigure;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.service.registry.HttpServiceGroupConfigurer;
import org.springframework.web.util.UriBuilderFactory;

import dev.tidepool.CachingUriBuilderFactory;

/**
 * Spring's builder of a client, but that its clients keep what is made of URI templates,
 * unless the application gives it a {@link UriBuilderFactory} of its own. The one that
 * does so has to know the base URL and the default values of variables. A builder has no
 * getters for them, and that of a copy of a client may get others: so the builder and the
 * client are both watched. They are proxies, as what later versions of Spring add to the
 * two interfaces has to reach Spring's own.
 *
 * @param <B> the type of the builder
 * @param <C> the type of the client
 */
final class CachingClientBuilder<B, C> implements InvocationHandler {

	private final Kind<B, C> kind;

	private final B builder;

	private @Nullable String baseUrl;

	private @Nullable Map<String, ?> defaultUriVariables;

	private boolean ownUriBuilderFactory;

	private CachingClientBuilder(Kind<B, C> kind, B builder) {
		this.kind = kind;
		this.builder = builder;
	}

	private B proxy() {
		return proxy(this.kind.builder(), this);
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
				return apply(proxy, argument);
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
	private static Object apply(Object proxy, @Nullable Object consumer) {
		((Consumer<Object>) Objects.requireNonNull(consumer)).accept(proxy);
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

	private C build() {
		if (this.ownUriBuilderFactory) {
			return this.kind.build().apply(this.builder);
		}
		B configured = this.kind.uriBuilderFactory().apply(this.kind.copy().apply(this.builder), uriBuilderFactory());
		C client = this.kind.build().apply(configured);
		CachingClientBuilder<B, C> builderOfCopies = copy();
		return proxy(this.kind.client(), (proxy, method, arguments) -> method.getName().equals("mutate")
				? builderOfCopies.copy().proxy() : forward(client, proxy, method, arguments));
	}

	private UriBuilderFactory uriBuilderFactory() {
		CachingUriBuilderFactory factory = (this.baseUrl != null) ? new CachingUriBuilderFactory(this.baseUrl)
				: new CachingUriBuilderFactory();
		factory.setDefaultUriVariables(this.defaultUriVariables);
		return factory;
	}

	private CachingClientBuilder<B, C> copy() {
		CachingClientBuilder<B, C> copy = new CachingClientBuilder<>(this.kind, this.kind.copy().apply(this.builder));
		copy.baseUrl = this.baseUrl;
		copy.defaultUriVariables = (this.defaultUriVariables != null) ? new LinkedHashMap<>(this.defaultUriVariables)
				: null;
		copy.ownUriBuilderFactory = this.ownUriBuilderFactory;
		return copy;
	}

	/**
	 * What RestClient and WebClient have alike, though in no common type.
	 *
	 * @param <B> the type of the builder
	 * @param <C> the type of the client
	 * @param builder the type of the builder
	 * @param client the type of the client
	 * @param create creates a builder of Spring's
	 * @param copy copies a builder
	 * @param uriBuilderFactory gives a builder a factory
	 * @param build makes a client
	 */
	record Kind<B, C>(Class<B> builder, Class<C> client, Supplier<B> create, UnaryOperator<B> copy,
			BiFunction<B, UriBuilderFactory, B> uriBuilderFactory, Function<B, C> build) {

		B newBuilder() {
			return new CachingClientBuilder<>(this, this.create.get()).proxy();
		}

		void giveBuildersTo(HttpServiceGroupConfigurer.Groups<B> groups) {
			try {
				groups.forEachClient((group) -> newBuilder());
			}
			catch (IllegalStateException ex) {
				// A group has a builder already, and nothing but this says so
			}
		}

		void registerProxies(RuntimeHints hints) {
			hints.proxies().registerJdkProxy(this.builder).registerJdkProxy(this.client);
		}

	}

}
