package dev.tidepool.autoconfigure;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslStoreBundle;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is made of an SSL bundle.
 */
class TlsIdentitiesTests {

	@Test
	void fewSessionsAreKeptToBeResumed() {
		SslManagerBundle managers = Mockito.spy(SslManagerBundle.from((SslStoreBundle) null, null));
		SSLContext context = managers.createSslContext("TLS");
		assertThat(context.getClientSessionContext().getSessionCacheSize()).as("by default").isEqualTo(20480);
		Mockito.doReturn(context).when(managers).createSslContext("TLS");
		new TlsIdentities(null).of(SslBundle.of(null, null, null, "TLS", managers));
		assertThat(context.getClientSessionContext().getSessionCacheSize()).isEqualTo(1000);
	}

}
