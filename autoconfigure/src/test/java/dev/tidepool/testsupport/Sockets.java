package dev.tidepool.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The TCP sockets of this machine, as its kernel counts them. On loopback a connection
 * has two, one at each end.
 */
public final class Sockets {

	private static final List<Path> TABLES = List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));

	private static final String ESTABLISHED = "01";

	private static final String CONNECTING = "02";

	private static final String TIME_WAIT = "06";

	private static final String CLOSE_WAIT = "08";

	private Sockets() {
	}

	/**
	 * Established connections to a server, at their client's end.
	 * @param serverPort the port that the server listens on
	 * @return how many there are
	 */
	public static int established(int serverPort) {
		return count((socket) -> socket.remotePort() == serverPort && socket.state().equals(ESTABLISHED));
	}

	/**
	 * Sockets whose connection to a server has not come about yet.
	 * @param serverPort the port that the server listens on
	 * @return how many there are
	 */
	public static int connecting(int serverPort) {
		return count((socket) -> socket.remotePort() == serverPort && socket.state().equals(CONNECTING));
	}

	/**
	 * Sockets that clients hold open to a server, whatever the server did.
	 * @param serverPort the port that the server listens on
	 * @return how many there are
	 */
	public static int heldByClients(int serverPort) {
		return count((socket) -> socket.remotePort() == serverPort && isHeld(socket));
	}

	/**
	 * Sockets that a server holds open, whatever its clients did.
	 * @param serverPort the port that the server listens on
	 * @return how many there are
	 */
	public static int heldByServer(int serverPort) {
		return count((socket) -> socket.localPort() == serverPort && isHeld(socket));
	}

	/**
	 * Sockets that clients hold open to a server, whatever the server did.
	 * @param serverPorts the ports that the server listens on
	 * @return how many there are
	 */
	public static int heldByClients(Set<Integer> serverPorts) {
		return count((socket) -> serverPorts.contains(socket.remotePort()) && isHeld(socket));
	}

	/**
	 * Sockets that a server holds open on any of its ports.
	 * @param serverPorts the ports that the server listens on
	 * @return how many there are
	 */
	public static int heldByServer(Set<Integer> serverPorts) {
		return count((socket) -> serverPorts.contains(socket.localPort()) && isHeld(socket));
	}

	/**
	 * Closed connections to a server that the kernel remembers yet, at the end that
	 * closed first.
	 * @param serverPort the port that the server listens on
	 * @return how many there are
	 */
	public static int timeWait(int serverPort) {
		return count((socket) -> (socket.localPort() == serverPort || socket.remotePort() == serverPort)
				&& socket.state().equals(TIME_WAIT));
	}

	private static boolean isHeld(Socket socket) {
		return socket.state().equals(ESTABLISHED) || socket.state().equals(CLOSE_WAIT);
	}

	private static int count(Predicate<Socket> predicate) {
		return (int) TABLES.stream().flatMap(Sockets::read).filter(predicate).count();
	}

	private static Stream<Socket> read(Path table) {
		if (!Files.exists(table)) {
			return Stream.empty();
		}
		try {
			return Files.readAllLines(table).stream().skip(1).map(Socket::parse);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private record Socket(int localPort, int remotePort, String state) {

		static Socket parse(String line) {
			String[] fields = line.strip().split("\\s+");
			return new Socket(port(fields[1]), port(fields[2]), fields[3]);
		}

		private static int port(String address) {
			return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
		}

	}

}
