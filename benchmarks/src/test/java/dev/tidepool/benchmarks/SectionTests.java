package dev.tidepool.benchmarks;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SectionTests {

	@Test
	void nameIsASectionOrTheBeginningOfSome() {
		assertThat(Section.of("latency,classic-tls-get")).containsExactly(Section.LATENCY, Section.CLASSIC_TLS_GET);
		assertThat(Section.of("virtual,virtual-get")).containsExactly(Section.VIRTUAL_GET, Section.VIRTUAL_POST);
		assertThat(Section.of("all")).containsExactly(Section.values());
		assertThatIllegalArgumentException().isThrownBy(() -> Section.of("classical"))
			.withMessageStartingWith("No section is called 'classical'. There are: [classic-get, ");
	}

	@Test
	void titlesTellSectionsApart() {
		assertThat(Stream.of(Section.values()).map(Section::title)).doesNotHaveDuplicates();
	}

	@Test
	void rowThatOthersAreComparedWithIsAlwaysThere() {
		List<Contender> rows = List.of(Contender.HTTPCLIENT, Contender.OKHTTP, Contender.TIDEPOOL);
		assertThat(Options.parse("contenders=all").selected(rows)).isEqualTo(rows);
		assertThat(Options.parse("contenders=tidepool,raw-sockets").selected(rows))
			.containsExactly(Contender.HTTPCLIENT, Contender.TIDEPOOL);
		assertThatIllegalArgumentException().isThrownBy(() -> Options.parse("contenders=curl").selected(rows))
			.withMessageStartingWith("No contender is called 'curl'. There are: [");
	}

}
