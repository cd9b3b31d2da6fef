package com.example.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Ports that are not free again yet, since a connection of theirs was closed less than a
 * minute ago. Only Linux tells.
 */
final class TimeWait {

	private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

	// 'sl local_address rem_address st ...', addresses and states as hexadecimal numbers
	private static final String STATE = "06";

	private TimeWait() {
	}

	/**
	 * Count the ports from which a server was called.
	 * @param port the port of the server
	 * @return how many, or nothing where it cannot be known
	 */
	static OptionalLong callersOf(int port) {
		if (!Files.isReadable(TABLES.get(0))) {
			return OptionalLong.empty();
		}
		String server = ":%04X".formatted(port);
		return OptionalLong.of(TABLES.stream()
			.flatMap(TimeWait::lines)
			.map((line) -> line.strip().split("\\s+"))
			.filter((fields) -> fields.length > 3 && fields[2].endsWith(server) && fields[3].equals(STATE))
			.count());
	}

	private static Stream<String> lines(Path table) {
		try {
			return Files.readAllLines(table).stream();
		}
		catch (IOException ex) {
			// No IPv6
			return Stream.empty();
		}
	}

}
