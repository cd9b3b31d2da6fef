package dev.tidepool.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.springframework.util.FileSystemUtils;

/**
 * Go's {@code net/http}, in a process of its own: this one only tells it when to start
 * and to stop, and asks what it has done and used. It is started where this process is
 * kept, so Go makes as many threads as it may use cores.
 */
final class GoNetHttp implements Client {

	private static final String SOURCE = "client.go";

	private final Request request;

	private final Path folder;

	private final Path program;

	GoNetHttp(Request request, int callers) {
		this.request = request;
		try {
			this.folder = Files.createTempDirectory("tidepool-benchmark");
			this.program = this.folder.resolve("client");
			try {
				build(this.folder.resolve(SOURCE));
			}
			catch (IOException ex) {
				close();
				throw ex;
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void build(Path source) throws IOException {
		try (InputStream content = GoNetHttp.class.getResourceAsStream(SOURCE)) {
			Files.copy(content, source);
		}
		GoToolchain.find(GoToolchain.PATH).orElseThrow().build(source, this.program);
	}

	@Override
	public Traffic traffic(int bodyLength, int callers, boolean virtual) {
		List<String> command = new ArrayList<>(List.of(this.program.toString(), "-callers", Integer.toString(callers),
				"-url", this.request.uri().toString(), "-length", Integer.toString(bodyLength)));
		if (this.request.isPost()) {
			command.addAll(List.of("-type", "application/json", "-body", Exchange.ORDER));
		}
		return new ForeignCallers(command, callers);
	}

	@Override
	public void close() throws IOException {
		FileSystemUtils.deleteRecursively(this.folder);
	}

}
