package dev.tidepool.classic;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.call.Failures;
import dev.tidepool.connection.Upstream;

/**
 * Bounds what decompression makes of a body: some kilobytes may become gigabytes. Stands
 * directly before HttpClient's decompression, which leaves no coding to a body.
 */
final class DecompressionLimit implements ExecChainHandler {

	static final String NAME = "TIDEPOOL_DECOMPRESSION_LIMIT";

	@Override
	public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
			throws IOException, HttpException {
		ClassicHttpResponse response = chain.proceed(request, scope);
		HttpEntity entity = response.getEntity();
		Call call = Objects.requireNonNull(Call.of(scope.clientContext), "No call in progress");
		if (entity != null && call.isBodyCoded() && entity.getContentEncoding() == null) {
			response.setEntity(new LimitedEntity(entity, call.upstream()));
		}
		return response;
	}

	private static final class LimitedEntity extends HttpEntityWrapper {

		private final Upstream upstream;

		private @Nullable InputStream content;

		LimitedEntity(HttpEntity entity, Upstream upstream) {
			super(entity);
			this.upstream = upstream;
		}

		@Override
		public InputStream getContent() throws IOException {
			InputStream content = this.content;
			if (content == null) {
				content = new LimitedStream(super.getContent(), this.upstream);
				this.content = content;
			}
			return content;
		}

		@Override
		public void writeTo(OutputStream out) throws IOException {
			try (InputStream in = getContent()) {
				in.transferTo(out);
			}
		}

	}

	private static final class LimitedStream extends FilterInputStream {

		private final Upstream upstream;

		private long left;

		LimitedStream(InputStream in, Upstream upstream) {
			super(in);
			this.upstream = upstream;
			this.left = upstream.settings().limits().maxDecompressedSize();
		}

		@Override
		public int read() throws IOException {
			int read = super.read();
			if (read >= 0) {
				take(1);
			}
			return read;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			int count = super.read(bytes, offset, length);
			if (count > 0) {
				take(count);
			}
			return count;
		}

		@Override
		public long skip(long n) throws IOException {
			long skipped = super.skip(n);
			take(skipped);
			return skipped;
		}

		private void take(long count) throws IOException {
			this.left -= count;
			if (this.left < 0) {
				throw Failures.decompressedTooLarge(this.upstream);
			}
		}

	}

}
