package dev.tidepool.benchmarks;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PageTests {

	@Test
	void sectionThatIsNotMeasuredStaysAsItWas() {
		Page page = new Page();
		page.put(Section.REACTIVE, "| reactive, then |");
		page.put(Section.CLASSIC, "| classic, then |");
		Page again = Page.parse(page.format());
		assertThat(again.format()).isEqualTo(page.format());
		again.put(Section.REACTIVE, "| reactive, now |\n");
		assertThat(again.format()).startsWith("# What a request costs\n")
			.endsWith("\n## RestClient\n\n| classic, then |\n\n## WebClient\n\n| reactive, now |\n");
	}

}
