package dev.tidepool;

import java.net.URI;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.web.util.DefaultUriBuilderFactory;
import org.springframework.web.util.UriBuilder;

/**
 * A {@link DefaultUriBuilderFactory} that keeps what it made of URI templates, 256 at
 * most. Spring parses a template twice for each call, and expands it: some 5 KB and 1.5
 * µs, more than all the rest of a GET allocates. Of templates without variables the URI
 * is kept too. Templates of a single call, such as those that an application puts
 * together from a path and a number, are not kept, and cost what they cost with Spring.
 * <p>
 * Clients of the injected {@code RestClient.Builder} or {@code WebClient.Builder}, and of
 * HTTP service groups, have one. For a RestTemplate or a builder of one's own:
 *
 * <pre class="code">
 * builder.uriBuilderFactory(new CachingUriBuilderFactory("https://inventory.example.com")).build();
 * </pre>
 * <p>
 * It has to know the base URL, as {@code baseUrl} of a RestClient's or WebClient's
 * builder counts for nothing beside a {@code uriBuilderFactory}, and likewise the default
 * values of variables. It is to be configured before its first use. Can be shared between
 * threads, and between clients.
 */
public final class CachingUriBuilderFactory extends DefaultUriBuilderFactory {

	// A power of two
	private static final int PLACES = 256;

	// What is longer was put together for one call, rather than written
	private static final int MAX_LENGTH = 512;

	// A call of RestClient asks twice
	private static final int ASKED_BY_ONE_CALL = 2;

	private static final int COUNT = 0b11;

	private final @Nullable Expansion[] expansions = new Expansion[PLACES];

	// The hash of the template that was not found last at each place, and in its lowest
	// bits how often. Threads may lose each other's counts
	private final int[] misses = new int[PLACES];

	/**
	 * Create a factory of URIs that are whole.
	 */
	public CachingUriBuilderFactory() {
	}

	/**
	 * Create a factory.
	 * @param baseUrl what URIs without a host follow, such as
	 * {@code https://inventory.example.com/v1}
	 */
	public CachingUriBuilderFactory(String baseUrl) {
		super(baseUrl);
	}

	@Override
	public UriBuilder uriString(String uriTemplate) {
		String template = nullAsEmpty(uriTemplate);
		Expansion kept = kept(template);
		if (kept != null) {
			return new ExpandedUriBuilder(this, template, kept.uriString());
		}
		UriBuilder builder = parse(template);
		if (isUsedAgain(template)) {
			keep(new Expansion(template, builder.toUriString(), null));
		}
		return builder;
	}

	@Override
	public URI expand(String uriTemplate, Map<String, ? extends @Nullable Object> uriVariables) {
		String template = nullAsEmpty(uriTemplate);
		URI kept = uri(template);
		return (kept != null) ? kept : keep(template, parse(template).build(uriVariables));
	}

	@Override
	public URI expand(String uriTemplate, @Nullable Object... uriVariables) {
		String template = nullAsEmpty(uriTemplate);
		URI kept = uri(template);
		return (kept != null) ? kept : keep(template, parse(template).build(uriVariables));
	}

	// As Spring takes it, whatever its annotations say
	private static String nullAsEmpty(String uriTemplate) {
		return Objects.requireNonNullElse(uriTemplate, "");
	}

	/**
	 * Spring's own builder.
	 * @param uriTemplate the template
	 * @return a new one
	 */
	UriBuilder parse(String uriTemplate) {
		return super.uriString(uriTemplate);
	}

	private @Nullable URI uri(String uriTemplate) {
		Expansion kept = kept(uriTemplate);
		return (kept != null) ? kept.uri() : null;
	}

	private URI keep(String uriTemplate, URI uri) {
		String uriString = hasVariables(uriTemplate) ? null : uriStringOfUsedAgain(uriTemplate);
		// The base URL may have some
		if (uriString != null && !hasVariables(uriString)) {
			keep(new Expansion(uriTemplate, uriString, uri));
		}
		return uri;
	}

	private @Nullable String uriStringOfUsedAgain(String uriTemplate) {
		Expansion kept = kept(uriTemplate);
		if (kept != null) {
			return kept.uriString();
		}
		return isUsedAgain(uriTemplate) ? parse(uriTemplate).toUriString() : null;
	}

	private boolean isUsedAgain(String uriTemplate) {
		if (uriTemplate.length() > MAX_LENGTH) {
			return false;
		}
		int hash = uriTemplate.hashCode() & ~COUNT;
		int place = place(uriTemplate);
		int missed = this.misses[place];
		int times = ((missed & ~COUNT) == hash) ? missed & COUNT : 0;
		if (times == ASKED_BY_ONE_CALL) {
			return true;
		}
		this.misses[place] = hash | (times + 1);
		return false;
	}

	private static boolean hasVariables(String uriTemplate) {
		return uriTemplate.indexOf('{') >= 0;
	}

	private @Nullable Expansion kept(String uriTemplate) {
		Expansion expansion = this.expansions[place(uriTemplate)];
		return (expansion != null && expansion.uriTemplate().equals(uriTemplate)) ? expansion : null;
	}

	// Other threads may see it or not: it never changes
	private void keep(Expansion expansion) {
		this.expansions[place(expansion.uriTemplate())] = expansion;
	}

	private static int place(String uriTemplate) {
		int hash = uriTemplate.hashCode();
		return (hash ^ (hash >>> 16)) & (PLACES - 1);
	}

	/**
	 * What a template was expanded to.
	 *
	 * @param uriTemplate the template
	 * @param uriString the same behind the base URL
	 * @param uri the URI, or {@code null} if it depends on variables, or nobody asked yet
	 */
	private record Expansion(String uriTemplate, String uriString, @Nullable URI uri) {
	}

}
