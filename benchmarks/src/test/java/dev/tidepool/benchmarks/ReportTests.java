package dev.tidepool.benchmarks;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReportTests {

	@Test
	void tableHasLeastAndMedianOfTheRoundsAndRatiosToTheFirst() {
		Contender baseline = Contender.HTTPCLIENT;
		Contender other = Contender.TIDEPOOL;
		Report report = new Report("Callers");
		for (long round : List.of(3, 1, 2)) {
			report.add(baseline, new Measurement(1, 1000, round * 10_000_000, 1_000_000, 300_000_000, 500_000_000));
			report.add(baseline,
					new Measurement(8, 1000, round * 20_000_000, 2_000_000, round * 50_000_000, 250_000_000));
			report.add(other, new Measurement(1, 1000, round * round * 10_000_000, 1_500_000, 0, 1_000_000_000));
			report.add(other, new Measurement(8, 1000, round * 30_000_000, 3_000_000, 0, 250_000_000));
		}
		assertThat(report.upstreamLoad()).isEqualTo(0.6);
		assertThat(report.table()).endsWith(
				"| 1 | HttpClient alone | 10.0 | 20.0 | 1.00 | 1.00 | 1,000 | 1,000 | 1.00 | 2,000 |",
				"| 1 | RestClient on Tidepool | 10.0 | 40.0 | 1.00 | 2.00 | 1,500 | 1,500 | 1.50 | 1,000 |",
				"| 8 | HttpClient alone | 20.0 | 40.0 | 1.00 | 1.00 | 2,000 | 2,000 | 1.00 | 4,000 |",
				"| 8 | RestClient on Tidepool | 30.0 | 60.0 | 1.50 | 1.50 | 3,000 | 3,000 | 1.50 | 4,000 |");
	}

	@Test
	void measurementSurvivesTheWayBetweenProcesses() {
		Measurement measurement = new Measurement(64, 1, 2, 3, 4, 5);
		assertThat(Measurement.parse(measurement.format())).isEqualTo(measurement);
		GrowthResult growth = new GrowthResult(1000, 27_000, measurement);
		assertThat(GrowthResult.parse(growth.format())).isEqualTo(growth);
		LatencyResult latency = new LatencyResult(List.of(1.5, 2.0));
		assertThat(LatencyResult.parse(latency.format())).isEqualTo(latency);
	}

}
