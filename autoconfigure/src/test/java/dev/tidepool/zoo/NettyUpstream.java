package dev.tidepool.zoo;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.CharsetUtil;
import io.netty.util.concurrent.GlobalEventExecutor;

/**
 * A server made of Netty's own handlers. It keeps idle connections for ever unless it is
 * told for how long.
 */
final class NettyUpstream extends EmbeddedUpstream {

	private static final int MAX_BODY = 64 * 1024;

	private EventLoopGroup threads;

	private ChannelGroup channels;

	NettyUpstream(Duration keepAlive) {
		super(keepAlive);
	}

	@Override
	protected int open(int port, Duration keepAlive) throws InterruptedException {
		this.threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		this.channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
		Channel listener = new ServerBootstrap().group(this.threads)
			.channel(NioServerSocketChannel.class)
			.childHandler(new Connection(keepAlive))
			.bind(ADDRESS, port)
			.sync()
			.channel();
		this.channels.add(listener);
		return ((InetSocketAddress) listener.localAddress()).getPort();
	}

	@Override
	protected void shutDown() throws InterruptedException {
		this.channels.close().sync();
		this.threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
	}

	private final class Connection extends ChannelInitializer<Channel> {

		private final Duration keepAlive;

		Connection(Duration keepAlive) {
			this.keepAlive = keepAlive;
		}

		@Override
		protected void initChannel(Channel channel) {
			NettyUpstream.this.channels.add(channel);
			ChannelPipeline pipeline = channel.pipeline();
			if (this.keepAlive != null) {
				pipeline.addLast(new IdleStateHandler(0, 0, this.keepAlive.toMillis(), TimeUnit.MILLISECONDS));
			}
			pipeline.addLast(new HttpServerCodec(), new HttpObjectAggregator(MAX_BODY), new Answer());
		}

	}

	private final class Answer extends SimpleChannelInboundHandler<FullHttpRequest> {

		@Override
		protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
			arrived(request.headers().get(ID));
			FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK,
					Unpooled.copiedBuffer(BODY, CharsetUtil.US_ASCII));
			HttpUtil.setContentLength(response, BODY.length());
			context.writeAndFlush(response);
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event instanceof IdleStateEvent) {
				context.close();
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			context.close();
		}

	}

}
