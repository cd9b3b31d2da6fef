package dev.tidepool.actuate.findings;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.Leaks;
import dev.tidepool.connection.UpstreamSnapshot;
import dev.tidepool.policy.UpstreamSettings;

/**
 * All that a rule goes by.
 *
 * @param window the last minutes
 * @param settings the settings in force
 * @param maxTotal the connections that all upstreams may have together
 */
record Evidence(Window window, UpstreamSettings settings, int maxTotal) {

	String upstream() {
		return this.window.last().name();
	}

	/**
	 * Where connections were taken that were never given back.
	 * @return the places, as far as known
	 */
	List<String> leakPlaces() {
		return this.window.last().leakPlaces().stream().map(Leaks.Place::where).toList();
	}

	/**
	 * The addresses that share the name.
	 * @return what is believed of each now
	 */
	List<UpstreamSnapshot> members() {
		return this.window.last().members();
	}

	/**
	 * How many addresses share the name. What each of them does seldom, all of them
	 * together do often.
	 * @return the number, at least 1
	 */
	int addresses() {
		return Math.max(1, members().size());
	}

	/**
	 * How to call one of the addresses.
	 * @param member the address
	 * @return the name, and the address if there are several
	 */
	String name(UpstreamSnapshot member) {
		return (members().size() > 1) ? upstream() + " (" + member.key().hostAndPort() + ")" : upstream();
	}

	/**
	 * The property that changes a setting for this upstream alone, if it has a name.
	 * @param key the key within the settings of an upstream
	 * @return the full name
	 */
	String property(String key) {
		return this.settings.property(key);
	}

	Finding finding(String id, String message) {
		return new Finding(id, upstream(), message, null, null);
	}

	Finding finding(String id, String message, String property, @Nullable Object suggestion) {
		return new Finding(id, upstream(), message, property, (suggestion != null) ? suggestion.toString() : null);
	}

}
