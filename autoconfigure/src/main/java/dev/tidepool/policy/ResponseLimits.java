package dev.tidepool.policy;

/**
 * How much of a response is taken that no caller has asked for in that size: what is
 * beyond it ends the exchange, whatever the time-outs say.
 *
 * @param maxHeaderCount header fields in a response head, and trailer fields after a
 * chunked body
 * @param maxLineLength bytes in the status line, in a header field, folded lines
 * included, and in the line that begins a chunk
 * @param maxInterimResponses responses with a status of 1xx before the final one
 * @param maxDecompressedSize bytes of a body that was compressed
 */
public record ResponseLimits(int maxHeaderCount, int maxLineLength, int maxInterimResponses, long maxDecompressedSize) {

	public static final ResponseLimits DEFAULTS = new ResponseLimits(100, 8192, 20, 100L * 1024 * 1024);

	public ResponseLimits {
		InvalidSettingException.require("max-header-count", maxHeaderCount, (count) -> count >= 1, "must be at least 1",
				"Set the most header fields that the upstream may send, such as 100.");
		InvalidSettingException.require("max-line-length", maxLineLength, (length) -> length >= 64,
				"must be at least 64 bytes", "Set the longest header field that the upstream may send, such as 8KB.");
		InvalidSettingException.require("max-interim-responses", maxInterimResponses, (count) -> count >= 0,
				"must not be negative", "Set 0 to take none, not even 100 (Continue).");
		InvalidSettingException.require("max-decompressed-size", maxDecompressedSize, (size) -> size >= 1,
				"must be positive", "Set the largest body that the upstream sends compressed, such as 100MB.");
	}

}
