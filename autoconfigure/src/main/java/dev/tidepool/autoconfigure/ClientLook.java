package dev.tidepool.autoconfigure;

import java.util.function.Function;

import dev.tidepool.autoconfigure.PoolProbe.Answer;

/**
 * How beans of one type are asked whether they go through the pool.
 *
 * @param <T> the type
 * @param type the type
 * @param ask asks one of them
 */
record ClientLook<T>(Class<T> type, Function<T, Answer> ask) {

	boolean bypasses(Object bean) {
		return this.type.isInstance(bean) && this.ask.apply(this.type.cast(bean)) == Answer.BYPASSES;
	}

}
