package dev.tidepool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Client;
import dev.tidepool.testsupport.FaultCase.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A test that says which faults it is about, by all classes in which it runs.
 *
 * @param name the class that declares it, and its own
 * @param faults the numbers of the faults
 * @param transports the connections that it has, by client
 */
record FaultTest(String name, Set<Integer> faults, Map<Client, Set<Transport>> transports) {

	/**
	 * All of them, found in the classes that the build runs.
	 */
	static List<FaultTest> all() {
		Map<String, FaultTest> tests = new TreeMap<>();
		try (Stream<Path> files = Files.walk(root())) {
			files.map((file) -> root().relativize(file).toString())
				.filter((file) -> file.endsWith("Tests.class") || file.endsWith("IT.class"))
				.map(FaultTest::load)
				.filter((type) -> !Modifier.isAbstract(type.getModifiers()))
				.forEach((type) -> addAll(type, tests));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return List.copyOf(tests.values());
	}

	private static void addAll(Class<?> type, Map<String, FaultTest> tests) {
		for (Method method : AnnotationSupport.findAnnotatedMethods(type, FaultCase.class,
				HierarchyTraversalMode.TOP_DOWN)) {
			assertThat(AnnotationSupport.isAnnotated(method, Testable.class)).as("%s is a test", method).isTrue();
			FaultCase annotation = method.getAnnotation(FaultCase.class);
			String name = method.getDeclaringClass().getSimpleName() + "." + method.getName();
			FaultTest test = tests.computeIfAbsent(name,
					(key) -> new FaultTest(name, new TreeSet<>(), new EnumMap<>(Client.class)));
			Arrays.stream(annotation.value()).forEach(test.faults::add);
			for (Client client : clients(type, annotation)) {
				test.transports.computeIfAbsent(client, (key) -> EnumSet.noneOf(Transport.class))
					.addAll(List.of(annotation.over()));
			}
		}
	}

	private static Set<Client> clients(Class<?> type, FaultCase annotation) {
		Set<Client> clients = (annotation.through().length > 0) ? Set.of(annotation.through())
				: Arrays.stream(Client.values())
					.filter((client) -> type.getSimpleName().endsWith(client + "IT"))
					.collect(Collectors.toSet());
		assertThat(clients).as("clients of %s", type).isNotEmpty();
		return clients;
	}

	private static Class<?> load(String file) {
		try {
			return Class.forName(file.substring(0, file.length() - ".class".length()).replace('/', '.'), false,
					FaultTest.class.getClassLoader());
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Path root() {
		try {
			return Path.of(FaultTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	boolean isAt(FaultPlace place) {
		return this.transports.getOrDefault(place.client(), Set.of()).contains(place.transport());
	}

	/**
	 * The connections that it has through a client, in words.
	 */
	String over(Client client) {
		return this.transports.getOrDefault(client, Set.of())
			.stream()
			.sorted(Comparator.naturalOrder())
			.map(Transport::toString)
			.collect(Collectors.joining(", "));
	}

}
