/**
 * Faults to try: mistakes and mishaps that are made on purpose, to see what Tidepool has
 * to say of each. See docs/faults-to-try.md. No part of the example: delete the package,
 * and nothing is missing.
 */
@NullMarked
package com.example.orders.faults;

import org.jspecify.annotations.NullMarked;
