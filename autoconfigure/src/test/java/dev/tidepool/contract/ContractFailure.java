package dev.tidepool.contract;

/**
 * A call failed. The cause is what the client gives as the cause of its own exception,
 * which differs from client to client.
 */
final class ContractFailure extends RuntimeException {

	private static final long serialVersionUID = 1L;

	ContractFailure(Throwable cause) {
		super(cause);
	}

}
