package com.example.lab;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what was written.
 */
final class CountingOutput extends FilterOutputStream {

	private final AtomicLong count;

	CountingOutput(OutputStream out, AtomicLong count) {
		super(out);
		this.count = count;
	}

	@Override
	public void write(int b) throws IOException {
		this.out.write(b);
		this.count.incrementAndGet();
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws IOException {
		this.out.write(bytes, offset, length);
		this.count.addAndGet(length);
	}

}
