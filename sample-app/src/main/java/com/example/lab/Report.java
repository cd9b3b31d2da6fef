package com.example.lab;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * All that the lab has to say.
 *
 * @param setup what was compared
 * @param comparisons what came of it
 * @param failure which experiment ended it early, and why
 */
record Report(Setup setup, List<Comparison> comparisons, @Nullable String failure) {
}
