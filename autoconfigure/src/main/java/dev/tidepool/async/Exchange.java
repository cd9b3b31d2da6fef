package dev.tidepool.async;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.RequestChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.util.TimeValue;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;

/**
 * One request and its response. All of it runs on the connection's I/O thread, unless the
 * connection is lost before the request was written.
 */
final class Exchange implements AsyncClientExchangeHandler {

	private final HttpRequest request;

	private final @Nullable AsyncEntityProducer body;

	private final HttpProcessor processor;

	private final AsyncExecChain.Scope scope;

	private final AsyncExecCallback callback;

	private boolean requestComplete;

	private boolean responseComplete;

	private boolean stopsUpload;

	private @Nullable RequestOutput output;

	private @Nullable AsyncDataConsumer consumer;

	private @Nullable Exception refused;

	private boolean over;

	Exchange(HttpRequest request, @Nullable AsyncEntityProducer body, HttpProcessor processor,
			AsyncExecChain.Scope scope, AsyncExecCallback callback) {
		this.request = request;
		this.body = body;
		this.processor = processor;
		this.scope = scope;
		this.callback = callback;
	}

	@Override
	public void produceRequest(RequestChannel channel, HttpContext context) throws HttpException, IOException {
		HttpClientContext clientContext = this.scope.clientContext;
		clientContext.setRoute(this.scope.route);
		clientContext.setRequest(this.request);
		this.processor.process(this.request, this.body, clientContext);
		this.requestComplete = this.body == null;
		channel.sendRequest(this.request, this.body, clientContext);
	}

	@Override
	public int available() {
		return (this.body != null) ? this.body.available() : 0;
	}

	@Override
	public void produce(DataStreamChannel channel) throws IOException {
		RequestOutput output = this.output;
		if (output == null) {
			output = new RequestOutput(channel, this::requestEnds);
			this.output = output;
		}
		Objects.requireNonNull(this.body).produce(output);
	}

	@Override
	public void consumeInformation(HttpResponse response, HttpContext context) throws HttpException, IOException {
		this.callback.handleInformationResponse(response);
	}

	@Override
	public void consumeResponse(HttpResponse response, @Nullable EntityDetails entity, HttpContext context)
			throws HttpException, IOException {
		HttpClientContext clientContext = this.scope.clientContext;
		clientContext.setResponse(response);
		this.processor.process(response, entity, clientContext);
		// HttpCore stops writing the request then
		this.stopsUpload = response.getCode() >= HttpStatus.SC_REDIRECTION;
		AsyncDataConsumer consumer = handle(response, entity);
		if (entity == null) {
			responseEnds();
		}
		else {
			this.consumer = (consumer != null) ? consumer : new Drain(((Endpoint) this.scope.execRuntime).connection(),
					Objects.requireNonNull(Call.of(clientContext)), entity.getContentLength());
		}
	}

	// What is wrong with what a response means is not wrong with its connection
	private @Nullable AsyncDataConsumer handle(HttpResponse response, @Nullable EntityDetails entity)
			throws IOException {
		try {
			return this.callback.handleResponse(response, entity);
		}
		catch (HttpException | RuntimeException ex) {
			this.refused = ex;
			return null;
		}
	}

	@Override
	public void updateCapacity(CapacityChannel channel) throws IOException {
		if (this.consumer != null) {
			this.consumer.updateCapacity(channel);
		}
	}

	@Override
	public void consume(ByteBuffer bytes) throws IOException {
		if (this.consumer != null) {
			this.consumer.consume(bytes);
		}
	}

	@Override
	public void streamEnd(@Nullable List<? extends Header> trailers) throws HttpException, IOException {
		if (this.consumer != null) {
			this.consumer.streamEnd(trailers);
		}
		responseEnds();
	}

	private void responseEnds() {
		this.responseComplete = true;
		endIfComplete();
		if (!this.over && this.consumer instanceof ResponseBody body) {
			body.endsBeforeRequest();
		}
	}

	private void endIfComplete() {
		if (!this.over && this.responseComplete && (this.requestComplete || this.stopsUpload)) {
			this.over = true;
			if (this.requestComplete) {
				this.scope.execRuntime.markConnectionReusable(null, TimeValue.NEG_ONE_MILLISECOND);
			}
			tell();
		}
	}

	private void tell() {
		Exception refused = this.refused;
		if (refused == null) {
			this.callback.completed();
		}
		else {
			this.scope.execRuntime.releaseEndpoint();
			this.callback.failed(refused);
		}
	}

	@Override
	public void failed(Exception ex) {
		if (this.over) {
			return;
		}
		this.over = true;
		this.scope.execRuntime.markConnectionNonReusable();
		if (this.consumer instanceof Drain) {
			// Nobody wanted the rest of it
			tell();
		}
		else {
			this.callback.failed(ex);
		}
	}

	@Override
	public void cancel() {
		failed(new InterruptedIOException("Cancelled"));
	}

	@Override
	public void releaseResources() {
		if (this.consumer != null) {
			this.consumer.releaseResources();
		}
	}

	private void requestEnds() {
		this.requestComplete = true;
		endIfComplete();
	}

}
