package com.example.lab;

import java.io.IOException;
import java.net.Socket;

/**
 * What is between the requests and the connection.
 */
@FunctionalInterface
interface Security {

	/**
	 * Secure a connection that was just accepted.
	 * @param socket the connection
	 * @return what requests come from
	 */
	Socket on(Socket socket) throws IOException;

}
