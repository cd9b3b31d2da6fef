package dev.tidepool.async;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ProtocolIOSession;

/**
 * The reactor's side of a connection, without a reactor and without a socket.
 */
final class FakeSession {

	private final List<CloseMode> closes = new ArrayList<>();

	private boolean open = true;

	private Runnable whenWoken = () -> {
	};

	private Runnable whenAsked = () -> {
	};

	ProtocolIOSession session() {
		return (ProtocolIOSession) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { ProtocolIOSession.class }, (proxy, method, args) -> answer(method, args));
	}

	/**
	 * The peer has closed the connection, which nobody was told of yet.
	 */
	void isLost() {
		this.open = false;
	}

	/**
	 * Have something happen when it is asked whether it is open, before it answers. Only
	 * once.
	 * @param what happens
	 */
	void whenAsked(Runnable what) {
		this.whenAsked = () -> {
			this.whenAsked = () -> {
			};
			what.run();
		};
	}

	/**
	 * Have something happen when its I/O thread is woken for a request.
	 * @param what happens
	 */
	void whenWoken(Runnable what) {
		this.whenWoken = what;
	}

	/**
	 * How it was closed, in order.
	 */
	List<CloseMode> closes() {
		return this.closes;
	}

	private Object answer(Method method, Object[] args) {
		switch (method.getName()) {
			case "isOpen" -> {
				this.whenAsked.run();
				return this.open;
			}
			case "close" -> {
				this.open = false;
				this.closes.add((args != null) ? (CloseMode) args[0] : CloseMode.GRACEFUL);
			}
			case "enqueue" -> this.whenWoken.run();
			case "toString" -> {
				return "a fake";
			}
			default -> {
			}
		}
		return null;
	}

}
