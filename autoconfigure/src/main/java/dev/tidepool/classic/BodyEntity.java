package dev.tidepool.classic;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

import org.apache.hc.core5.function.Supplier;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A response body with another stream than HttpClient has made for it.
 */
final class BodyEntity extends HttpEntityWrapper {

	private final InputStream content;

	private final @Nullable Supplier<List<? extends Header>> trailers;

	/**
	 * Create a body.
	 * @param entity what is known of it
	 * @param content what is read of it
	 * @param trailers what follows it, or {@code null} for what HttpClient's stream has
	 * read
	 */
	BodyEntity(HttpEntity entity, InputStream content, @Nullable Supplier<List<? extends Header>> trailers) {
		super(entity);
		this.content = content;
		this.trailers = trailers;
	}

	@Override
	public InputStream getContent() {
		return this.content;
	}

	@Override
	public @Nullable Supplier<List<? extends Header>> getTrailers() {
		return (this.trailers != null) ? this.trailers : super.getTrailers();
	}

	@Override
	public void writeTo(OutputStream out) throws IOException {
		try (InputStream in = this.content) {
			in.transferTo(out);
		}
	}

	@Override
	public void close() throws IOException {
		this.content.close();
	}

}
