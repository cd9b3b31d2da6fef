package dev.tidepool.autoconfigure;

import java.io.IOException;
import java.io.InputStream;

import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * A response as RestClient and RestTemplate want it. Does what Spring's own does, without
 * a map of headers that nobody has asked for.
 */
final class PooledResponse implements ClientHttpResponse {

	private final ClassicHttpResponse response;

	private @Nullable HttpHeaders headers;

	PooledResponse(ClassicHttpResponse response) {
		this.response = response;
	}

	@Override
	public HttpStatusCode getStatusCode() {
		return HttpStatusCode.valueOf(this.response.getCode());
	}

	@Override
	public String getStatusText() {
		return this.response.getReasonPhrase();
	}

	@Override
	public HttpHeaders getHeaders() {
		HttpHeaders headers = this.headers;
		if (headers == null) {
			HttpEntity body = this.response.getEntity();
			if (body != null) {
				removeUnless(body.getContentLength() >= 0, this.response, HttpHeaders.CONTENT_LENGTH);
				removeUnless(body.getContentEncoding() != null, this.response, HttpHeaders.CONTENT_ENCODING);
			}
			headers = HttpHeaders.readOnlyHttpHeaders(new ReceivedHeaders(this.response));
			this.headers = headers;
		}
		return headers;
	}

	// Not those of the body as it was sent, if it was compressed
	private static void removeUnless(boolean kept, HttpResponse response, String name) {
		if (!kept && response.containsHeader(name)) {
			response.removeHeaders(name);
		}
	}

	@Override
	public InputStream getBody() throws IOException {
		HttpEntity body = this.response.getEntity();
		return (body != null) ? body.getContent() : InputStream.nullInputStream();
	}

	@Override
	public void close() {
		try (this.response) {
			EntityUtils.consume(this.response.getEntity());
		}
		catch (IOException ex) {
			// Nobody wants the rest
		}
	}

}
