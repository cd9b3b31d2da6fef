package dev.tidepool.call;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BasicLineParser;
import org.apache.hc.core5.http.message.StatusLine;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

import dev.tidepool.policy.RequestSyntax;
import dev.tidepool.policy.ResponseLimits;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

/**
 * The response heads on one connection: takes those that RFC 9112 allows, within the
 * limits of the upstream, and no others. HttpCore's parsers do the reading; they take
 * more than that, such as a head that ends with the connection, any name before a colon,
 * or interim responses without end.
 */
public final class ResponseHeads extends BasicLineParser {

	private static final Pattern OTHER_PROTOCOL = Pattern.compile("[A-Z]{3,6}[-/][0-9](\\.[0-9])?");

	/**
	 * Where the reason starts in a status line.
	 */
	private static final int REASON = 13;

	private static final RecentFields RECENT = new RecentFields();

	private static final StatusLine OK = new StatusLine(HttpVersion.HTTP_1_1, HttpStatus.SC_OK, "OK");

	private final LineEnds lines = new LineEnds();

	private UpstreamSettings settings = UpstreamSettings.DEFAULTS;

	private Http1Config config = Http1Config.DEFAULT;

	private StatusLine status = OK;

	private int headers;

	private int interim;

	/**
	 * How HttpCore is to read: up to the largest limits that any upstream has.
	 * @param catalog the upstreams
	 * @return the configuration of a connection that is to no upstream yet
	 */
	public static Http1Config bounds(UpstreamCatalog catalog) {
		int count = 0;
		int length = 0;
		for (UpstreamSettings each : catalog.all()) {
			count = Math.max(count, each.limits().maxHeaderCount());
			length = Math.max(length, each.limits().maxLineLength());
		}
		return config(count, length);
	}

	// It refuses the last that it is to allow, and counts the end of a line
	private static Http1Config config(int count, int length) {
		return Http1Config.custom()
			.setWaitForContinueTimeout(Call.WAIT_FOR_CONTINUE)
			.setMaxHeaderCount((int) Math.min(count + 1L, Integer.MAX_VALUE))
			.setMaxLineLength((int) Math.min(length + 3L, Integer.MAX_VALUE))
			.build();
	}

	/**
	 * The connection is to this upstream.
	 * @param settings the upstream's
	 */
	public void of(UpstreamSettings settings) {
		this.settings = settings;
		this.config = config(settings.limits().maxHeaderCount(), settings.limits().maxLineLength());
	}

	/**
	 * What reads the lines of the body.
	 * @param onEnd run if the connection ends among them: HttpCore takes that for the end
	 * of the trailers
	 * @return the lines of a chunked body
	 */
	public ChunkLines chunked(Runnable onEnd) {
		return new ChunkLines(this.settings, onEnd);
	}

	/**
	 * How HttpCore is to read what this upstream sends.
	 * @return the configuration
	 */
	public Http1Config config() {
		return this.config;
	}

	/**
	 * The lines of heads, as they are read.
	 * @return what is told of them
	 */
	public LineEnds lines() {
		return this.lines;
	}

	/**
	 * HttpCore has read a head.
	 * @param response the response
	 * @throws ProtocolException if it is not complete, or is none that may be sent now
	 */
	public void read(HttpResponse response) throws ProtocolException {
		end();
		int status = response.getCode();
		if (status == HttpStatus.SC_SWITCHING_PROTOCOLS) {
			throw new ProtocolException("The upstream switched to a protocol that nobody asked for");
		}
		ResponseLimits limits = this.settings.limits();
		this.interim = (status < HttpStatus.SC_SUCCESS) ? this.interim + 1 : 0;
		if (this.interim > limits.maxInterimResponses()) {
			throw new ProtocolException("More than %d interim responses came (%s)"
				.formatted(limits.maxInterimResponses(), this.settings.property("response.max-interim-responses")));
		}
	}

	/**
	 * The connection has ended, or HttpCore says that a head has.
	 * @throws ProtocolException if it was within a head
	 */
	public void end() throws ProtocolException {
		if (this.lines.isWithin()) {
			throw new ProtocolException("The connection was closed within the response head");
		}
	}

	/**
	 * HttpCore has met a limit.
	 * @param ex what it says
	 * @return the same, with the properties that set them
	 */
	public ProtocolException tooLarge(MessageConstraintException ex) {
		ResponseLimits limits = this.settings.limits();
		return new ProtocolException("%s in a response head: %d bytes a line (%s), %d header fields (%s)".formatted(
				ex.getMessage(), limits.maxLineLength(), this.settings.property("response.max-line-length"),
				limits.maxHeaderCount(), this.settings.property("response.max-header-count")), ex);
	}

	/**
	 * RFC 9112, 4, but for the space before a reason that is not there, which many leave
	 * out. An obsolete minor version is read; another major version is another protocol.
	 */
	@Override
	public StatusLine parseStatusLine(@Nullable CharArrayBuffer line) throws ParseException {
		this.headers = 0;
		if (line == null || !isStatusLine(line)) {
			throw new ParseException("What came is no response of HTTP/1.x" + protocol(line));
		}
		requireLength(line);
		StatusLine status = this.status;
		if (!isSame(status, line)) {
			status = statusLine(line);
			this.status = status;
		}
		return status;
	}

	private static boolean isSame(StatusLine status, CharArrayBuffer line) {
		return status.getStatusCode() == code(line) && status.getProtocolVersion().getMinor() == digit(line, 7)
				&& line.length() == REASON + status.getReasonPhrase().length()
				&& RecentFields.has(line, REASON, status.getReasonPhrase());
	}

	private static StatusLine statusLine(CharArrayBuffer line) {
		int minor = digit(line, 7);
		String reason = (line.length() > REASON) ? line.substringTrimmed(REASON, line.length()) : "";
		return new StatusLine(HttpVersion.get(1, minor), code(line), reason);
	}

	private static int code(CharArrayBuffer line) {
		return digit(line, 9) * 100 + digit(line, 10) * 10 + digit(line, 11);
	}

	private static int digit(CharArrayBuffer line, int index) {
		return line.charAt(index) - '0';
	}

	private static boolean isStatusLine(CharArrayBuffer line) {
		int length = line.length();
		return length >= 12 && line.charAt(0) == 'H' && line.charAt(1) == 'T' && line.charAt(2) == 'T'
				&& line.charAt(3) == 'P' && line.charAt(4) == '/' && line.charAt(5) == '1' && line.charAt(6) == '.'
				&& isDigit(line.charAt(7)) && line.charAt(8) == ' ' && line.charAt(9) >= '1' && isDigit(line.charAt(9))
				&& isDigit(line.charAt(10)) && isDigit(line.charAt(11)) && (length == 12 || line.charAt(12) == ' ')
				&& isText(line, 12);
	}

	/**
	 * RFC 9112, 5: a name is a token, and the colon follows at once.
	 */
	@Override
	public Header parseHeader(@Nullable CharArrayBuffer line) throws ParseException {
		int place = this.headers++;
		int limit = this.settings.limits().maxHeaderCount();
		if (place >= limit) {
			throw new ParseException("The response has more than %d header fields (%s)".formatted(limit,
					this.settings.property("response.max-header-count")));
		}
		Header known = (line != null) ? RECENT.find(line) : null;
		if (line == null || (known == null && !isField(line))) {
			throw new ParseException("A header field of the response is malformed");
		}
		requireLength(line);
		if (known != null) {
			return known;
		}
		Header field = field(line);
		RECENT.keep(line, field);
		return field;
	}

	// Of its own: the line may be used again
	private static Header field(CharArrayBuffer line) {
		int colon = line.indexOf(':');
		return new BasicHeader(line.substring(0, colon), line.substringTrimmed(colon + 1, line.length()));
	}

	/**
	 * Whether a line is a header or trailer field.
	 * @param line the line
	 * @return whether it has a name that is a token, a colon, and nothing that ends lines
	 */
	static boolean isField(CharArrayBuffer line) {
		int colon = RequestSyntax.tokenEnd(line);
		return colon > 0 && colon < line.length() && line.charAt(colon) == ':' && isText(line, colon);
	}

	private static boolean isDigit(char sign) {
		return sign >= '0' && sign <= '9';
	}

	// RFC 9110, 5.5: these three are dangerous, other controls may be taken
	private static boolean isText(CharArrayBuffer line, int from) {
		for (int i = from; i < line.length(); i++) {
			char sign = line.charAt(i);
			if (sign == '\r' || sign == '\n' || sign == 0) {
				return false;
			}
		}
		return true;
	}

	private void requireLength(CharArrayBuffer line) throws ParseException {
		int limit = this.settings.limits().maxLineLength();
		if (line.length() > limit) {
			throw new ParseException("The response head has a line of more than %d bytes (%s)".formatted(limit,
					this.settings.property("response.max-line-length")));
		}
	}

	// No more than its name: what came may be the rest of another response
	private static String protocol(@Nullable CharArrayBuffer line) {
		Matcher name = OTHER_PROTOCOL.matcher((line != null) ? line : "");
		return name.lookingAt() ? ", but of " + name.group() : "";
	}

}
