package com.example.lab;

import java.util.Locale;

/**
 * Something that was counted or measured.
 *
 * @param name what
 * @param value how much
 * @param unit of what, or empty for a count
 */
record Measure(String name, double value, String unit) {

	String text() {
		String number = (this.value < 10 && this.value != Math.rint(this.value))
				? String.format(Locale.ROOT, "%.1f", this.value) : String.format(Locale.ROOT, "%,.0f", this.value);
		return this.unit.isEmpty() ? number : number + " " + this.unit;
	}

}
