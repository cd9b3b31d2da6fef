package dev.tidepool.async;

import java.nio.ByteBuffer;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * The body of a response, for one subscriber. When it becomes unreachable unread, nobody
 * will read it.
 */
public interface ReceivedBody extends Publisher<ByteBuffer> {

	/**
	 * Want none of it, or no more. One that is being read is left to its reader.
	 * @return completes when the connection is free for the next call or was given up,
	 * and never fails
	 */
	Mono<Void> release();

}
