package dev.tidepool;

import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The public API is what {@code public-api.txt} says, so that nothing of it changes
 * unseen: all that code outside can name of the package {@code dev.tidepool}, and the
 * names of the auto-configurations, which others exclude or order theirs by. To accept a
 * change:
 * {@code mvn -pl autoconfigure test -Dtest=PublicApiTests -Dtidepool.docs.write=true}
 */
class PublicApiTests {

	private static final Path LIST = Path.of("src", "test", "resources", "public-api.txt");

	private static final Path CLASSES = Path.of("target", "classes", "dev", "tidepool");

	@Test
	void publicApiIsThatOfTheList() throws IOException {
		List<String> api = api();
		if (Boolean.getBoolean("tidepool.docs.write")) {
			Files.write(LIST, api);
		}
		List<String> listed = Files.readAllLines(LIST);
		assertThat(changes(listed, api))
			.as("changes of the public API; if they are meant, say so in docs/changelog.md"
					+ " and accept them with -Dtidepool.docs.write=true")
			.isEmpty();
		assertThat(api).isEqualTo(listed);
	}

	private static List<String> changes(List<String> before, List<String> after) {
		return Stream
			.concat(before.stream().filter((line) -> !after.contains(line)).map((line) -> "- " + line),
					after.stream().filter((line) -> !before.contains(line)).map((line) -> "+ " + line))
			.toList();
	}

	private static List<String> api() throws IOException {
		try (Stream<Path> files = Files.list(CLASSES)) {
			Stream<String> types = files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.endsWith(".class"))
				.map((name) -> "dev.tidepool." + name.substring(0, name.length() - ".class".length()))
				.sorted()
				.<Class<?>>map((name) -> ClassUtils.resolveClassName(name, null))
				.filter(PublicApiTests::canBeNamed)
				.flatMap(PublicApiTests::linesOf);
			Stream<String> autoConfigurations = ImportCandidates.load(AutoConfiguration.class, null)
				.getCandidates()
				.stream()
				.filter((name) -> name.startsWith("dev.tidepool."))
				.sorted()
				.map("auto-configuration "::concat);
			return Stream.concat(types, autoConfigurations).toList();
		}
	}

	private static boolean canBeNamed(Class<?> type) {
		Class<?> outer = type.getDeclaringClass();
		return isVisible(type.getModifiers()) && !type.isSynthetic() && (outer == null || canBeNamed(outer));
	}

	private static boolean isVisible(int modifiers) {
		return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
	}

	private static Stream<String> linesOf(Class<?> type) {
		Stream<? extends Member> members = Stream
			.of(type.getDeclaredFields(), type.getDeclaredConstructors(), type.getDeclaredMethods())
			.flatMap(Arrays::stream);
		return Stream.concat(Stream.of(declaration(type)),
				members.filter((member) -> isVisible(member.getModifiers()) && !member.isSynthetic())
					.map((member) -> "    " + declaration(member))
					.sorted());
	}

	private static String declaration(Class<?> type) {
		Stream<Type> above = Stream.concat(Stream.ofNullable(type.getGenericSuperclass()),
				Arrays.stream(type.getGenericInterfaces()));
		return above.map(Type::getTypeName).collect(Collectors.joining(", ", type.toGenericString() + " : ", ""));
	}

	private static String declaration(Member member) {
		if (member instanceof Field field) {
			return field.toGenericString() + nullable("", field.getAnnotatedType()) + constant(field);
		}
		Executable executable = (Executable) member;
		StringBuilder text = new StringBuilder(executable.toGenericString());
		if (executable instanceof Method method) {
			text.append(nullable(" returned", method.getAnnotatedReturnType()));
		}
		AnnotatedElement[] parameters = executable.getAnnotatedParameterTypes();
		for (int i = 0; i < parameters.length; i++) {
			text.append(nullable(" parameter " + (i + 1), parameters[i]));
		}
		return text.toString();
	}

	private static String nullable(String what, AnnotatedElement type) {
		return type.isAnnotationPresent(Nullable.class) ? what + " @Nullable" : "";
	}

	// Compiled into the code that uses it
	private static String constant(Field field) {
		int modifiers = field.getModifiers();
		boolean inlined = Modifier.isStatic(modifiers) && Modifier.isFinal(modifiers) && Modifier.isPublic(modifiers)
				&& (field.getType().isPrimitive() || field.getType() == String.class);
		return inlined ? " = " + ReflectionUtils.getField(field, null) : "";
	}

}
