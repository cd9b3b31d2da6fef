package com.example.lab;

import java.util.List;

/**
 * All that the lab has to say.
 *
 * @param setup what was compared
 * @param comparisons what came of it
 */
record Report(Setup setup, List<Comparison> comparisons) {
}
