package dev.tidepool.benchmarks;

import java.net.URI;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.springframework.web.util.DefaultUriBuilderFactory;
import org.springframework.web.util.UriBuilderFactory;

import dev.tidepool.CachingUriBuilderFactory;

/**
 * What a call asks of URI templates, of Spring's factory and of ours.
 */
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class TemplatesBenchmark {

	private static final String BASE = "https://inventory.example.com/v1";

	private final UriBuilderFactory spring = new DefaultUriBuilderFactory(BASE);

	private final UriBuilderFactory tidepool = new CachingUriBuilderFactory(BASE);

	private int id;

	/**
	 * Spring's, of a path.
	 * @param told what is made of it
	 * @return the URI
	 */
	@Benchmark
	public URI templateBySpring(Blackhole told) {
		return ask(this.spring, told, "/items/recent");
	}

	/**
	 * Ours, of a path.
	 * @param told what is made of it
	 * @return the URI
	 */
	@Benchmark
	public URI templateByTidepool(Blackhole told) {
		return ask(this.tidepool, told, "/items/recent");
	}

	/**
	 * Spring's, of a path with a variable.
	 * @param told what is made of it
	 * @return the URI
	 */
	@Benchmark
	public URI templateWithVariableBySpring(Blackhole told) {
		return ask(this.spring, told, "/items/{id}", this.id++);
	}

	/**
	 * Ours, of a path with a variable.
	 * @param told what is made of it
	 * @return the URI
	 */
	@Benchmark
	public URI templateWithVariableByTidepool(Blackhole told) {
		return ask(this.tidepool, told, "/items/{id}", this.id++);
	}

	/**
	 * Spring's, of paths that are put together for each call.
	 * @param told what is made of it
	 * @return the URI
	 */
	@Benchmark
	public URI templatePutTogetherBySpring(Blackhole told) {
		return ask(this.spring, told, "/items/" + this.id++);
	}

	/**
	 * Ours, of paths that are put together for each call.
	 * @param told what is made of it
	 * @return the URI
	 */
	@Benchmark
	public URI templatePutTogetherByTidepool(Blackhole told) {
		return ask(this.tidepool, told, "/items/" + this.id++);
	}

	private static URI ask(UriBuilderFactory factory, Blackhole told, String template, Object... variables) {
		told.consume(factory.uriString(template).toUriString());
		return factory.expand(template, variables);
	}

}
