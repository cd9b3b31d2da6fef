package dev.tidepool.async;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The wait for the addresses of a name.
 */
final class NameLookup extends Step {

	private final CompletableFuture<List<InetSocketAddress>> lookup;

	NameLookup(CompletableFuture<List<InetSocketAddress>> lookup) {
		this.lookup = lookup;
	}

	/**
	 * Begin to wait.
	 * @param found told the addresses
	 * @param failed told why there are none
	 */
	void start(Consumer<List<InetSocketAddress>> found, Consumer<Throwable> failed) {
		this.lookup.whenComplete((addresses, ex) -> {
			if (!ends()) {
				return;
			}
			if (addresses != null) {
				found.accept(addresses);
			}
			else {
				failed.accept(ex);
			}
		});
	}

	@Override
	public boolean cancel() {
		boolean first = ends();
		// Who is late has ended already
		this.lookup.cancel(false);
		return first;
	}

}
