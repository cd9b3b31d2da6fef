package com.example.lab;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.example.lab.Comparison.Better;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is made of numbers.
 */
class ComparisonTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			200, 1,   TIDEPOOL
			100, 79,  TIDEPOOL
			100, 81,  NEITHER
			1,   1,   NEITHER
			0,   0,   NEITHER
			81,  100, NEITHER
			79,  100, PLAIN
			0,   1,   PLAIN
			""")
	void lessIsBetterIfItIsClearlyLess(double plain, double tidepool, Better better) {
		assertThat(Better.of(plain, tidepool)).isEqualTo(better);
	}

	@Test
	void tableSaysWherePlainBootDoesAsWell() {
		Comparison comparison = Comparison.of(new CountingExperiment(3, 3), CountingExperiment.counted(3),
				CountingExperiment.counted(3));
		assertThat(summary(comparison)).contains("| Counting | things | 3 | 3 | no difference |")
			.doesNotContain("Ended early");
		assertThat(Table.details(comparison)).contains("Plain Boot does as well here.", "2 IOException",
				"Upstream: in process.");
	}

	@Test
	void tableSaysWhy() {
		Comparison comparison = Comparison.of(new CountingExperiment(30, 3), CountingExperiment.counted(30),
				CountingExperiment.counted(3));
		assertThat(summary(comparison)).contains("| Counting | things | 30 | 3 | Tidepool |");
		assertThat(Table.details(comparison)).contains("Why: Some count more.", "Set: plain Boot: a=b; Tidepool: c=d");
	}

	private static String summary(Comparison comparison) {
		return Table.summary(new Report(new Setup("", "", "", ""), List.of(comparison), null));
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			1234567, MiB, '1,234,567 MiB'
			0,       ms,  0 ms
			9.96,    ms,  10.0 ms
			1.25,    '',  1.3
			12.5,    ms,  13 ms
			""")
	void numbersHaveNoMoreDigitsThanAreTrue(double value, String unit, String text) {
		assertThat(new Measure("something", value, unit).text()).isEqualTo(text);
	}

}
