package dev.tidepool.actuate;

import java.util.List;

/**
 * Knows the settings in force, and where each of them came from.
 */
public interface SettingsInForce {

	/**
	 * Those that hold for the application, and for every upstream without its own.
	 * @return all of them
	 */
	List<SettingDescriptor> general();

	/**
	 * Those that hold for one upstream.
	 * @param upstream its name
	 * @return all of them
	 */
	List<SettingDescriptor> of(String upstream);

}
