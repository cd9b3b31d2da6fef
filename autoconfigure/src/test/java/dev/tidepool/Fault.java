package dev.tidepool;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A fault as {@code faults.txt} has it.
 *
 * @param number its number
 * @param heading what it is about
 * @param title what it is
 * @param exemptions where it cannot be, and why
 */
record Fault(int number, String heading, String title, Map<String, String> exemptions) {

	static List<Fault> all() {
		List<Fault> faults = new ArrayList<>();
		String heading = "";
		for (String line : lines()) {
			if (line.startsWith("## ")) {
				heading = line.substring(3);
			}
			else if (line.startsWith("\t")) {
				String[] whereAndWhy = line.strip().split(": ", 2);
				faults.get(faults.size() - 1).exemptions.put(whereAndWhy[0], whereAndWhy[1]);
			}
			else if (!line.startsWith("#") && !line.isBlank()) {
				String[] numberAndTitle = line.split(" ", 2);
				faults.add(new Fault(Integer.parseInt(numberAndTitle[0]), heading, numberAndTitle[1],
						new LinkedHashMap<>()));
			}
		}
		return faults;
	}

	/**
	 * Why it cannot be at a place.
	 * @return the reason, or {@code null} if it can be
	 */
	String exempt(FaultPlace place) {
		return this.exemptions.entrySet()
			.stream()
			.filter((exemption) -> place.isAt(exemption.getKey()))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse(null);
	}

	private static List<String> lines() {
		try (InputStream in = Fault.class.getResourceAsStream("/faults.txt")) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
