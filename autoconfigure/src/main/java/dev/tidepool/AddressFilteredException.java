package dev.tidepool;

import java.io.Serial;
import java.net.UnknownHostException;

/**
 * All addresses of a host are refused by the {@code InetAddressFilter} of the client.
 * Nothing was connected to, and no other attempt is made. Reaches callers of RestClient
 * as the cause of a {@code ResourceAccessException}, and those of WebClient as that of a
 * {@code WebClientRequestException}.
 */
public final class AddressFilteredException extends UnknownHostException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param host the host that was called
	 */
	public AddressFilteredException(String host) {
		super("All addresses of '%s' are refused by the address filter of this client".formatted(host));
	}

}
