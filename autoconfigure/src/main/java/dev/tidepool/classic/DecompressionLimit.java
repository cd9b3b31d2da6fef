package dev.tidepool.classic;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import java.util.function.BooleanSupplier;

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
		BooleanSupplier begun = call.codedBegun();
		if (entity != null && begun != null && entity.getContentEncoding() == null) {
			response.setEntity(new LimitedEntity(entity, call.upstream(), begun));
		}
		return response;
	}

	private static final class LimitedEntity extends HttpEntityWrapper {

		private final Upstream upstream;

		private final BooleanSupplier begun;

		private @Nullable InputStream content;

		LimitedEntity(HttpEntity entity, Upstream upstream, BooleanSupplier begun) {
			super(entity);
			this.upstream = upstream;
			this.begun = begun;
		}

		@Override
		public InputStream getContent() throws IOException {
			InputStream content = this.content;
			if (content == null) {
				content = new LimitedStream(super.getContent(), this.upstream, this.begun);
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

		private final BooleanSupplier begun;

		private long left;

		LimitedStream(InputStream in, Upstream upstream, BooleanSupplier begun) {
			super(in);
			this.upstream = upstream;
			this.begun = begun;
			this.left = upstream.settings().limits().maxDecompressedSize();
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			try {
				int count = super.read(bytes, offset, length);
				take(Math.max(count, 0));
				return count;
			}
			catch (EOFException ex) {
				// Which Spring takes for an empty body
				throw this.begun.getAsBoolean() ? new IOException("The compressed body ended too early", ex) : ex;
			}
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
