package dev.tidepool.benchmarks;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PageTests {

	@Test
	void sectionThatIsNotMeasuredStaysAsItWas() {
		Page page = new Page();
		page.put(Section.REACTIVE_GET, "| reactive, then |");
		page.put(Section.CLASSIC_GET, "| classic, then |");
		Page again = Page.parse(page.format());
		assertThat(again.format()).isEqualTo(page.format());
		again.put(Section.REACTIVE_GET, "| reactive, now |\n");
		assertThat(again.format()).startsWith("# Performance\n")
			.endsWith("\n## RestClient: GET\n\n| classic, then |\n\n## WebClient: GET\n\n| reactive, now |\n");
	}

}
