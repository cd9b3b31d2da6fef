package dev.tidepool.async;

import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;

import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link PublishedBody}.
 */
class PublishedBodyTests {

	private final PublishedBody body = new PublishedBody((subscriber) -> {
	}, -1);

	@Test
	void pieceThatComesAfterTheEndIsNotKept() {
		this.body.onNext(piece());
		assertThat(this.body.available()).isPositive();
		this.body.releaseResources();
		this.body.onNext(piece());
		assertThat(this.body.available()).isZero();
	}

	@Test
	void publisherIsNotToldThatTheConnectionWasClosed() throws Exception {
		DataStreamChannel channel = mock();
		willThrow(new CancelledKeyException()).given(channel).requestOutput();
		this.body.produce(new RequestOutput(channel, () -> {
		}));
		assertThatCode(() -> this.body.onNext(piece())).doesNotThrowAnyException();
		assertThat(this.body.available()).isPositive();
	}

	private static ByteBuffer piece() {
		return ByteBuffer.allocate(1);
	}

}
