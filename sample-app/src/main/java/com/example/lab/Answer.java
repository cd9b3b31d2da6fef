package com.example.lab;

import java.io.IOException;
import java.io.OutputStream;

/**
 * What an upstream does with a request.
 */
@FunctionalInterface
interface Answer {

	/**
	 * Answer a request.
	 * @param request the request
	 * @param out where the response goes to
	 * @return whether the connection is kept
	 */
	boolean to(Request request, OutputStream out) throws IOException, InterruptedException;

}
