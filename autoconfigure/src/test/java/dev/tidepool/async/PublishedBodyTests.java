package dev.tidepool.async;

import java.nio.ByteBuffer;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

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

	private static ByteBuffer piece() {
		return ByteBuffer.allocate(1);
	}

}
