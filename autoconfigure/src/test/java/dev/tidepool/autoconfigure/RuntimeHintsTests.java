package dev.tidepool.autoconfigure;

import java.beans.PropertyDescriptor;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.javapoet.ClassName;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.actuate.TidepoolEndpoint;
import dev.tidepool.actuate.TidepoolEndpointWebExtension;
import dev.tidepool.actuate.TidepoolHealthIndicator;
import dev.tidepool.autoconfigure.TidepoolProperties.UpstreamProperties;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Spring, processing an application ahead of time, tells a native image of what is
 * reached by reflection.
 */
class RuntimeHintsTests {

	private static final RuntimeHints HINTS = hintsOfAnApplication();

	private static RuntimeHints hintsOfAnApplication() {
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get(Application.class)), new InMemoryGeneratedFiles());
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("management.endpoints.web.exposure.include", "*")));
		context.register(Application.class);
		new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		return generation.getRuntimeHints();
	}

	@ParameterizedTest
	@MethodSource("groupsOfProperties")
	void everyPropertyCanBeBoundAndListed(Class<?> group) {
		Stream<Method> accessors = Arrays.stream(BeanUtils.getPropertyDescriptors(group))
			.filter((property) -> !property.getName().equals("class"))
			.flatMap(RuntimeHintsTests::accessors);
		assertThat(accessors).isNotEmpty()
			.allSatisfy((accessor) -> assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(accessor))
				.accepts(HINTS));
	}

	private static Stream<Method> accessors(PropertyDescriptor property) {
		return Stream.of(property.getReadMethod(), property.getWriteMethod()).filter(Objects::nonNull);
	}

	static Stream<Class<?>> groupsOfProperties() {
		return Stream.concat(Stream.of(TidepoolProperties.class),
				Arrays.stream(TidepoolProperties.class.getDeclaredClasses()));
	}

	@Test
	void upstreamsCanBeMadeAsTheyAreNamed() throws Exception {
		assertThat(RuntimeHintsPredicates.reflection()
			.onConstructorInvocation(UpstreamProperties.class.getDeclaredConstructor())).accepts(HINTS);
	}

	@ParameterizedTest
	@MethodSource("descriptors")
	void whateverTheEndpointAndHealthShowCanBeWritten(Class<?> descriptor) {
		assertThat(descriptor.getRecordComponents())
			.allSatisfy((part) -> assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(part.getAccessor()))
				.accepts(HINTS));
	}

	static Set<Class<?>> descriptors() {
		Set<Class<?>> descriptors = new LinkedHashSet<>();
		for (Class<?> endpoint : new Class<?>[] { TidepoolEndpoint.class, TidepoolEndpointWebExtension.class,
				TidepoolHealthIndicator.class }) {
			Arrays.stream(endpoint.getDeclaredMethods())
				.filter((method) -> Modifier.isPublic(method.getModifiers()))
				.forEach((operation) -> collect(ResolvableType.forMethodReturnType(operation), descriptors));
			for (Class<?> nested : endpoint.getDeclaredClasses()) {
				collect(ResolvableType.forClass(nested), descriptors);
			}
		}
		return descriptors;
	}

	private static void collect(ResolvableType type, Set<Class<?>> records) {
		for (ResolvableType generic : type.getGenerics()) {
			collect(generic, records);
		}
		Class<?> resolved = type.resolve();
		if (resolved != null && resolved.isRecord() && records.add(resolved)) {
			for (RecordComponent component : resolved.getRecordComponents()) {
				collect(ResolvableType.forType(component.getGenericType()), records);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { InvalidTidepoolPropertyFailureAnalyzer.class, TidepoolBindFailureAnalyzer.class,
			UnknownTidepoolPropertyFailureAnalyzer.class })
	void failuresToStartAreAnalyzed(Class<?> analyzer) {
		assertThat(RuntimeHintsPredicates.reflection().onConstructorInvocation(analyzer.getDeclaredConstructors()[0]))
			.accepts(HINTS);
	}

	@ParameterizedTest
	@ValueSource(classes = { RestClient.class, RestClient.Builder.class, WebClient.class, WebClient.Builder.class })
	void clientsThatKeepTemplatesCanBeMade(Class<?> proxied) {
		assertThat(RuntimeHintsPredicates.proxies().forInterfaces(proxied)).accepts(HINTS);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "dev/tidepool/actuate/dashboard/*", "META-INF/resources/webjars/chart.js/*/dist/chart.umd.js" })
	void filesOfThePageAreContained(String pattern) throws IOException {
		Resource[] files = new PathMatchingResourcePatternResolver().getResources("classpath*:" + pattern);
		assertThat(files).isNotEmpty().allSatisfy((file) -> {
			String url = file.getURL().toString();
			String path = url.substring(url.indexOf(pattern.substring(0, pattern.indexOf('*'))));
			assertThat(RuntimeHintsPredicates.resource().forResource(path)).accepts(HINTS);
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
