package dev.tidepool.actuate;

import dev.tidepool.TidepoolMeter;

/**
 * What meters are called in Prometheus.
 */
final class PrometheusNames {

	private PrometheusNames() {
	}

	static String of(TidepoolMeter meter) {
		String name = meter.meterName().replace('.', '_');
		if (meter.unit().equals("seconds")) {
			name += "_seconds";
		}
		return (meter.type() == TidepoolMeter.Type.COUNTER) ? name + "_total" : name;
	}

	/**
	 * The name of the samples, of which a timer has several.
	 */
	static String ofSamples(TidepoolMeter meter) {
		return (meter.type() == TidepoolMeter.Type.TIMER) ? of(meter) + "_count" : of(meter);
	}

}
