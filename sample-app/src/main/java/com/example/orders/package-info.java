/**
 * The sample application: an order service, as a user of Tidepool would write it. Nothing
 * in here mentions Tidepool; it is on the class path and in {@code application.yml}.
 */
@NullMarked
package com.example.orders;

import org.jspecify.annotations.NullMarked;
