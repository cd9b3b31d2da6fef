package dev.tidepool.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.support.HttpComponentsHeadersAdapter;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

import static org.assertj.core.api.Assertions.assertThat;

class ReceivedHeadersTests {

	private final ReceivedHeaders headers = new ReceivedHeaders(message());

	private static HttpMessage message() {
		BasicHttpResponse message = new BasicHttpResponse(200);
		message.addHeader("Content-Type", "text/plain");
		message.addHeader("Set-Cookie", "a=1");
		message.addHeader("set-cookie", "b=2");
		message.addHeader("Empty", "");
		return message;
	}

	@Test
	void everyAnswerIsThatOfSpringsAdapter() {
		for (String name : List.of("Content-Type", "content-type", "Set-Cookie", "SET-COOKIE", "Empty", "Absent")) {
			sameAsSprings((headers) -> headers.getFirst(name));
			sameAsSprings((headers) -> headers.get(name));
			sameAsSprings((headers) -> headers.containsKey(name));
			sameAsSprings((headers) -> headers.getOrDefault(name, List.of("none")));
		}
		sameAsSprings((headers) -> headers.containsKey(1));
		sameAsSprings((headers) -> headers.get(1));
		sameAsSprings((headers) -> headers.containsValue("b=2"));
		sameAsSprings(Map::size);
		sameAsSprings(Map::isEmpty);
		sameAsSprings((headers) -> List.copyOf(headers.keySet()));
		sameAsSprings((headers) -> List.copyOf(headers.values()));
		sameAsSprings(
				(headers) -> headers.entrySet().stream().map((entry) -> entry.getKey() + entry.getValue()).toList());
		sameAsSprings(MultiValueMap::toSingleValueMap);
		sameAsSprings(Object::toString);
	}

	@Test
	void everyChangeIsThatOfSpringsAdapter() {
		sameAsSprings(changed((headers) -> headers.add("Set-Cookie", "c=3")));
		sameAsSprings(changed((headers) -> headers.addAll("New", List.of("1", "2"))));
		sameAsSprings(changed((headers) -> headers.addAll(new LinkedMultiValueMap<>(Map.of("New", List.of("1"))))));
		sameAsSprings(changed((headers) -> headers.set("set-cookie", "c=3")));
		sameAsSprings(changed((headers) -> headers.setAll(Map.of("Empty", "full"))));
		sameAsSprings(changed((headers) -> headers.put("Set-Cookie", List.of("c=3"))));
		sameAsSprings(changed((headers) -> headers.remove("SET-COOKIE")));
		sameAsSprings(changed((headers) -> headers.keySet().removeIf("Empty"::equals)));
		sameAsSprings(changed(Map::clear));
	}

	@Test
	void copyThatSpringMakesWritable() {
		HttpHeaders readOnly = HttpHeaders.readOnlyHttpHeaders(this.headers);
		new HttpHeaders(readOnly).set("Content-Type", "text/html");
		assertThat(readOnly.getFirst("Content-Type")).isEqualTo("text/html");
		assertThat(readOnly.headerNames()).containsExactly("Content-Type", "set-cookie", "Empty");
	}

	private static Function<MultiValueMap<String, String>, Object> changed(
			Consumer<MultiValueMap<String, String>> change) {
		return (headers) -> {
			change.accept(headers);
			return headers.toString() + headers.size() + headers.isEmpty() + headers.get("Set-Cookie");
		};
	}

	private static void sameAsSprings(Function<MultiValueMap<String, String>, Object> question) {
		Object expected = question.apply(new HttpComponentsHeadersAdapter(message()));
		assertThat(question.apply(new ReceivedHeaders(message()))).isEqualTo(expected);
	}

}
