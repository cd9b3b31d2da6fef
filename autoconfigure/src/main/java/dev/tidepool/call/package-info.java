/**
 * One call, whichever client makes it: who asks for it, the way it goes, its attempts,
 * and what its failures mean; and the connections that are made before there is one. Made
 * of HttpClient's types that both its clients share; knows neither how one blocks nor how
 * the other calls back.
 * <p>
 * Internal: not part of the public API, public only where Java needs it.
 */
@NullMarked
package dev.tidepool.call;

import org.jspecify.annotations.NullMarked;
