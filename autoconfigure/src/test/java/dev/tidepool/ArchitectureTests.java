package dev.tidepool;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.LocationProvider;
import com.tngtech.archunit.lang.ArchRule;
import org.apache.hc.core5.annotation.Internal;
import org.jspecify.annotations.NullMarked;

import dev.tidepool.connection.NanoClock;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rooms and the arrows of the design, and what each room must not know.
 */
@AnalyzeClasses(locations = ArchitectureTests.MainClasses.class)
class ArchitectureTests {

	private static final String API = "dev.tidepool";

	private static final String POLICY = "dev.tidepool.policy..";

	private static final String CONNECTION = "dev.tidepool.connection..";

	private static final String CALL = "dev.tidepool.call..";

	private static final String CLASSIC = "dev.tidepool.classic..";

	private static final String ASYNC = "dev.tidepool.async..";

	private static final String ACTUATE = "dev.tidepool.actuate..";

	private static final String AUTOCONFIGURE = "dev.tidepool.autoconfigure..";

	private static final String MICROMETER = "io.micrometer..";

	private static final String HTTP_CLIENT = "org.apache.hc..";

	private static final String SPRING = "org.springframework..";

	/**
	 * The classes that may use what HttpClient marks as internal, and what they use of
	 * it. Of the blocking client, the first groups are the seams of the design:
	 * connection, socket factory, connection operator, connection manager. The others are
	 * what it takes to be an element of the execution chain at all: such an element is
	 * public API, but gives and discards connections through ExecRuntime, and only
	 * customizeExecChain comes after all customizers.
	 * <p>
	 * Of the reactive client, the connection is one on HttpCore's reactor, which hands
	 * out nothing but an IOSession, asks an IOEventHandler what to do with it, and speaks
	 * HTTP/1.1 in ClientHttp1StreamDuplexer alone. The chain is again public API, all of
	 * whose elements take an AsyncExecRuntime, which is ours; only customizeExecChain
	 * shows those that HttpClient has. What interceptors and callers read of the context,
	 * HttpClient's own last element sets, in whose place ours is; and only
	 * CookieSpecSupport makes the look-up that interceptors for cookies need.
	 */
	private static final Map<String, Set<String>> INTERNAL_TYPES_BY_SEAM = Map.ofEntries(
			Map.entry("classic.RecordedConnection", Set.of("ManagedHttpClientConnection")),
			Map.entry("classic.ForwardingConnection", Set.of("ManagedHttpClientConnection")),
			Map.entry("classic.GatedEndpoint", Set.of("RequestExecutor", "EndpointInfo.<init>")),
			Map.entry("classic.ChannelSocketFactory", Set.of("DetachedSocketFactory")),
			Map.entry("classic.ChannelConnector",
					Set.of("HttpClientConnectionOperator", "DefaultHttpClientConnectionOperator")),
			Map.entry("classic.CallExec", Set.of("ExecRuntime")),
			Map.entry("classic.DirectExec", Set.of("ExecRuntime")),
			Map.entry("classic.ReleasingStream", Set.of("ExecRuntime")),
			Map.entry("classic.ClassicClientFactory", Set.of("HttpClientBuilder.customizeExecChain")),
			Map.entry("async.AsyncConnection",
					Set.of("IOSession", "IOEventHandler", "RequestExecutionCommand", "ClientHttp1StreamDuplexer")),
			Map.entry("async.StrictDuplexer", Set.of("ClientHttp1StreamDuplexer")),
			Map.entry("async.TcpConnect", Set.of("IOSession")), Map.entry("async.Endpoint", Set.of("AsyncExecRuntime")),
			Map.entry("async.CallExec", Set.of("AsyncExecRuntime")),
			Map.entry("async.ExchangeExec", Set.of("AsyncExecRuntime")),
			Map.entry("async.Exchange",
					Set.of("AsyncExecRuntime", "HttpClientContext.setRequest", "HttpClientContext.setResponse",
							"HttpClientContext.setRoute")),
			Map.entry("async.HttpClientChain", Set.of("HttpAsyncClientBuilder.customizeExecChain")),
			Map.entry("async.AsyncClient", Set.of("CookieSpecSupport")));

	@ArchTest
	static final ArchRule arrowsGoOneWay = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.layer("api")
		.definedBy(API)
		.layer("policy")
		.definedBy(POLICY)
		.layer("connection")
		.definedBy(CONNECTION)
		.layer("call")
		.definedBy(CALL)
		.layer("classic")
		.definedBy(CLASSIC)
		.optionalLayer("async")
		.definedBy(ASYNC)
		.layer("actuate")
		.definedBy(ACTUATE)
		.layer("autoconfigure")
		.definedBy(AUTOCONFIGURE)
		.whereLayer("autoconfigure")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("actuate")
		.mayOnlyBeAccessedByLayers("autoconfigure")
		.whereLayer("classic")
		.mayOnlyBeAccessedByLayers("autoconfigure")
		.whereLayer("async")
		.mayOnlyBeAccessedByLayers("autoconfigure")
		.whereLayer("call")
		.mayOnlyBeAccessedByLayers("autoconfigure", "classic", "async")
		.whereLayer("connection")
		.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "classic", "async", "call")
		.whereLayer("policy")
		.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "classic", "async", "call", "connection")
		.whereLayer("api")
		.mayNotAccessAnyLayer()
		.ensureAllClassesAreContainedInArchitecture();

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("dev.(**)").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule allClassesAreInPackagesOfOurs = classes().should()
		.resideInAPackage("dev.tidepool..")
		.because("a class in HttpClient's packages would reach what was not meant to be reached");

	@ArchTest
	static final ArchRule policyKnowsOnlyPlainJava = classes().that()
		.resideInAPackage(POLICY)
		.should()
		.onlyDependOnClassesThat(resideInAnyPackage(POLICY, "java.lang", "java.lang.annotation", "java.util..",
				"java.time..", "org.jspecify..")
			.or(equivalentTo(java.net.URI.class))
			.or(equivalentTo(URISyntaxException.class))
			.or(equivalentTo(java.io.Serial.class)))
		.because("decisions are pure: no I/O, no Spring, no Micrometer, no HttpClient");

	@ArchTest
	static final ArchRule policyIsGivenAllThatItDecidesFrom = noClasses().that()
		.resideInAPackage(POLICY)
		.should()
		.accessTargetWhere(targetOwner(equivalentTo(System.class))
			.and(target(nameMatching("nanoTime|currentTimeMillis|getProperty|getenv"))))
		.orShould()
		.accessTargetWhere(targetOwner(resideInAPackage("java.time..")).and(target(nameMatching("now"))))
		.orShould()
		.accessTargetWhere(targetOwner(equivalentTo(Math.class)).and(target(nameMatching("random"))))
		.orShould()
		.dependOnClassesThat(assignableTo(Clock.class).or(assignableTo(Random.class))
			.or(assignableTo(Thread.class))
			.or(assignableTo(java.util.Timer.class)));

	@ArchTest
	static final ArchRule connectionKnowsNoFramework = noClasses().that()
		.resideInAPackage(CONNECTION)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage(HTTP_CLIENT, SPRING, MICROMETER, "java.net..", "reactor..", "jakarta..");

	@ArchTest
	static final ArchRule timeIsReadThroughTheClockInConnection = noClasses().that()
		.resideInAPackage(CONNECTION)
		.and()
		.doNotBelongToAnyOf(NanoClock.class)
		.should()
		.accessTargetWhere(
				targetOwner(equivalentTo(System.class)).and(target(nameMatching("currentTimeMillis|nanoTime"))))
		.orShould()
		.accessTargetWhere(targetOwner(resideInAPackage("java.time..")).and(target(nameMatching("now"))));

	@ArchTest
	static final ArchRule micrometerIsKnownWhereMetersAreMade = noClasses().that()
		.resideOutsideOfPackages(ACTUATE, AUTOCONFIGURE)
		.should()
		.dependOnClassesThat()
		.resideInAPackage(MICROMETER)
		.because("it is optional");

	@ArchTest
	static final ArchRule httpClientIsKnownToItsAdaptorsOnly = noClasses().that()
		.resideOutsideOfPackages(API, CALL, CLASSIC, ASYNC, AUTOCONFIGURE)
		.should()
		.dependOnClassesThat()
		.resideInAPackage(HTTP_CLIENT);

	@ArchTest
	static final ArchRule nothingIsReachedByReflection = noClasses().that()
		// Lists the properties that there are, for a message
		.doNotHaveSimpleName("KnownProperties")
		.and()
		// Proxies of public interfaces of Spring, to which methods are added
		.doNotHaveSimpleName("CachingClientBuilder")
		.should()
		.dependOnClassesThat(resideInAnyPackage("java.lang.reflect..", "sun..", "jdk.internal..")
			.or(nameMatching("java\\.lang\\.invoke\\.MethodHandles?(\\$.*)?"))
			.or(nameMatching("org\\.springframework\\..*(ReflectionUtils|MethodInvoker|BeanUtils)")))
		.orShould()
		.accessTargetWhere(targetOwner(equivalentTo(Class.class)).and(target(nameMatching(
				"forName|newInstance|get(Declared|Enclosing)?(Method|Field|Constructor|RecordComponent)s?"))));

	@ArchTest
	static void internalTypesOfHttpClientAreUsedAtTheSeamsOnly(JavaClasses classes) {
		Map<String, Set<String>> used = new TreeMap<>();
		for (JavaClass type : classes) {
			Set<String> internal = internalUses(type);
			if (!internal.isEmpty()) {
				used.computeIfAbsent(inRoom(outermost(type)), (name) -> new TreeSet<>()).addAll(internal);
			}
		}
		assertThat(used).as("what is used of HttpClient's internal types").isNotEmpty();
		assertThat(used).allSatisfy((name, internal) -> assertThat(INTERNAL_TYPES_BY_SEAM.getOrDefault(name, Set.of()))
			.as("what %s may use", name)
			.containsAll(internal));
		assertThat(used).as("seams that are in use").containsOnlyKeys(INTERNAL_TYPES_BY_SEAM.keySet());
	}

	@ArchTest
	static void everyRoomSaysWhatItIsAndThatItIsInternal(JavaClasses classes) throws IOException {
		Set<JavaPackage> packages = new LinkedHashSet<>();
		classes.forEach((type) -> packages.add(type.getPackage()));
		assertThat(packages).extracting(JavaPackage::getName).contains(API, "dev.tidepool.policy");
		for (JavaPackage room : packages) {
			assertThat(room.isAnnotatedWith(NullMarked.class)).as("@NullMarked on %s", room.getName()).isTrue();
			Path packageInfo = Path.of("src/main/java", room.getName().split("\\.")).resolve("package-info.java");
			String text = Files.readString(packageInfo);
			if (room.getName().equals(API)) {
				assertThat(text).as(room.getName()).contains("public API");
			}
			else {
				assertThat(text).as(room.getName()).contains(" * Internal: not part of the public API");
			}
		}
	}

	private static Set<String> internalUses(JavaClass type) {
		DescribedPredicate<JavaClass> internalType = describe("is internal to HttpClient",
				(target) -> target.isAnnotatedWith(Internal.class));
		Stream<String> types = type.getDirectDependenciesFromSelf()
			.stream()
			.map((dependency) -> dependency.getTargetClass().getBaseComponentType())
			.filter(internalType)
			.map(JavaClass::getSimpleName);
		Stream<String> members = type.getAccessesFromSelf()
			.stream()
			.map(JavaAccess::getTarget)
			.filter((target) -> not(internalType).test(target.getOwner()))
			.filter(ArchitectureTests::isInternal)
			.map((target) -> target.getOwner().getSimpleName() + "." + target.getName());
		Stream<String> overridden = type.getMethods()
			.stream()
			.flatMap((method) -> overriddenBy(method).filter((each) -> each.isAnnotatedWith(Internal.class)))
			.map((method) -> method.getOwner().getSimpleName() + "." + method.getName());
		return Stream.of(types, members, overridden).flatMap((each) -> each).collect(Collectors.toSet());
	}

	private static boolean isInternal(AccessTarget target) {
		return target.resolveMember().map((member) -> member.isAnnotatedWith(Internal.class)).orElse(false);
	}

	private static Stream<JavaMethod> overriddenBy(JavaMethod method) {
		String[] parameters = method.getRawParameterTypes().stream().map(JavaClass::getFullName).toArray(String[]::new);
		return Stream
			.concat(method.getOwner().getAllRawSuperclasses().stream(),
					method.getOwner().getAllRawInterfaces().stream())
			.flatMap((type) -> type.tryGetMethod(method.getName(), parameters).stream());
	}

	private static String inRoom(JavaClass type) {
		return type.getFullName().substring(API.length() + 1);
	}

	private static JavaClass outermost(JavaClass type) {
		return type.getEnclosingClass().map(ArchitectureTests::outermost).orElse(type);
	}

	/**
	 * All that goes into the jar, whatever its package.
	 */
	static final class MainClasses implements LocationProvider {

		@Override
		public Set<Location> get(Class<?> testClass) {
			return Set.of(Location.of(TidepoolMeter.class.getProtectionDomain().getCodeSource().getLocation()));
		}

	}

}
