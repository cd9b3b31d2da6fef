package dev.tidepool.autoconfigure;

import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpMessage;
import org.jspecify.annotations.Nullable;
import org.springframework.http.support.HttpComponentsHeadersAdapter;
import org.springframework.util.MultiValueMap;

/**
 * The headers of a response. Spring's adapter, which makes a set of all names first,
 * comes in where more is asked for than the values of a name.
 */
final class ReceivedHeaders extends AbstractMap<String, List<String>> implements MultiValueMap<String, String> {

	private final HttpMessage message;

	private @Nullable HttpComponentsHeadersAdapter adapter;

	ReceivedHeaders(HttpMessage message) {
		this.message = message;
	}

	private HttpComponentsHeadersAdapter adapter() {
		HttpComponentsHeadersAdapter adapter = this.adapter;
		if (adapter == null) {
			adapter = new HttpComponentsHeadersAdapter(this.message);
			this.adapter = adapter;
		}
		return adapter;
	}

	@Override
	public @Nullable String getFirst(String name) {
		Header header = this.message.getFirstHeader(name);
		return (header != null) ? header.getValue() : null;
	}

	@Override
	public @Nullable List<String> get(@Nullable Object name) {
		if (!containsKey(name)) {
			return null;
		}
		List<String> values = new ArrayList<>(1);
		for (Iterator<Header> headers = this.message.headerIterator((String) name); headers.hasNext();) {
			values.add(headers.next().getValue());
		}
		return values;
	}

	@Override
	public boolean containsKey(@Nullable Object name) {
		return name instanceof String header && this.message.containsHeader(header);
	}

	@Override
	public boolean containsValue(@Nullable Object value) {
		return value != null && adapter().containsValue(value);
	}

	@Override
	public boolean isEmpty() {
		return !this.message.headerIterator().hasNext();
	}

	@Override
	public Set<Entry<String, List<String>>> entrySet() {
		return adapter().entrySet();
	}

	@Override
	public Set<String> keySet() {
		return adapter().keySet();
	}

	@Override
	public Collection<List<String>> values() {
		return adapter().values();
	}

	@Override
	public Map<String, String> toSingleValueMap() {
		return adapter().toSingleValueMap();
	}

	@Override
	public void add(String name, @Nullable String value) {
		adapter().add(name, value);
	}

	@Override
	public void addAll(String name, List<? extends String> values) {
		adapter().addAll(name, values);
	}

	@Override
	public void addAll(MultiValueMap<String, String> values) {
		adapter().addAll(values);
	}

	@Override
	public void set(String name, @Nullable String value) {
		adapter().set(name, value);
	}

	@Override
	public void setAll(Map<String, String> values) {
		adapter().setAll(values);
	}

	@Override
	public @Nullable List<String> put(String name, List<String> values) {
		return adapter().put(name, values);
	}

	@Override
	public @Nullable List<String> remove(@Nullable Object name) {
		return (name != null) ? adapter().remove(name) : null;
	}

	@Override
	public void clear() {
		adapter().clear();
	}

	@Override
	public String toString() {
		return adapter().toString();
	}

}
