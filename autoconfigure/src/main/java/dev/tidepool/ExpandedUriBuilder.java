package dev.tidepool;

import java.net.URI;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.util.UriBuilder;

/**
 * A builder whose URI template is known: all that RestClient and WebClient ask for before
 * most calls are that and the URI. As soon as something is changed, it is Spring's.
 */
final class ExpandedUriBuilder implements UriBuilder {

	private final CachingUriBuilderFactory factory;

	private final String uriTemplate;

	private final String uriString;

	private @Nullable UriBuilder parsed;

	/**
	 * Create a builder.
	 * @param factory what knows the template
	 * @param uriTemplate the template
	 * @param uriString the same behind the base URL
	 */
	ExpandedUriBuilder(CachingUriBuilderFactory factory, String uriTemplate, String uriString) {
		this.factory = factory;
		this.uriTemplate = uriTemplate;
		this.uriString = uriString;
	}

	@Override
	public String toUriString() {
		return (this.parsed != null) ? this.parsed.toUriString() : this.uriString;
	}

	@Override
	public URI build(@Nullable Object... uriVariables) {
		return (this.parsed != null) ? this.parsed.build(uriVariables)
				: this.factory.expand(this.uriTemplate, uriVariables);
	}

	@Override
	public URI build(Map<String, ? extends @Nullable Object> uriVariables) {
		return (this.parsed != null) ? this.parsed.build(uriVariables)
				: this.factory.expand(this.uriTemplate, uriVariables);
	}

	private UriBuilder parsed() {
		if (this.parsed == null) {
			this.parsed = this.factory.parse(this.uriTemplate);
		}
		return this.parsed;
	}

	@Override
	public UriBuilder scheme(@Nullable String scheme) {
		return parsed().scheme(scheme);
	}

	@Override
	public UriBuilder userInfo(@Nullable String userInfo) {
		return parsed().userInfo(userInfo);
	}

	@Override
	public UriBuilder host(@Nullable String host) {
		return parsed().host(host);
	}

	@Override
	public UriBuilder port(int port) {
		return parsed().port(port);
	}

	@Override
	public UriBuilder port(@Nullable String port) {
		return parsed().port(port);
	}

	@Override
	public UriBuilder path(String path) {
		return parsed().path(path);
	}

	@Override
	public UriBuilder replacePath(@Nullable String path) {
		return parsed().replacePath(path);
	}

	@Override
	public UriBuilder pathSegment(String... pathSegments) {
		return parsed().pathSegment(pathSegments);
	}

	@Override
	public UriBuilder query(String query) {
		return parsed().query(query);
	}

	@Override
	public UriBuilder replaceQuery(@Nullable String query) {
		return parsed().replaceQuery(query);
	}

	@Override
	public UriBuilder queryParam(String name, Object... values) {
		return parsed().queryParam(name, values);
	}

	@Override
	public UriBuilder queryParam(String name, @Nullable Collection<?> values) {
		return parsed().queryParam(name, values);
	}

	@Override
	public UriBuilder queryParamIfPresent(String name, Optional<?> value) {
		return parsed().queryParamIfPresent(name, value);
	}

	@Override
	public UriBuilder queryParams(MultiValueMap<String, String> params) {
		return parsed().queryParams(params);
	}

	@Override
	public UriBuilder replaceQueryParam(String name, Object... values) {
		return parsed().replaceQueryParam(name, values);
	}

	@Override
	public UriBuilder replaceQueryParam(String name, @Nullable Collection<?> values) {
		return parsed().replaceQueryParam(name, values);
	}

	@Override
	public UriBuilder replaceQueryParams(MultiValueMap<String, String> params) {
		return parsed().replaceQueryParams(params);
	}

	@Override
	public UriBuilder fragment(@Nullable String fragment) {
		return parsed().fragment(fragment);
	}

}
