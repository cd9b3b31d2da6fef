package com.example.upstreams;

import java.util.concurrent.ScheduledExecutorService;

import org.apache.catalina.connector.Connector;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.web.servlet.config.annotation.AsyncSupportConfigurer;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * What every upstream has: Spring MVC, and the count of its visits at {@code /}.
 */
@EnableWebMvc
@Configuration(proxyBeanMethods = false)
class UpstreamConfiguration implements WebMvcConfigurer {

	private final Visits visits = new Visits();

	private final ScheduledExecutorService executor;

	UpstreamConfiguration(Connector connector) {
		this.executor = connector.getService().getServer().getUtilityExecutor();
	}

	@Bean
	Visits visits() {
		return this.visits;
	}

	// Ended by Tomcat
	@Bean(destroyMethod = "")
	ScheduledExecutorService executor() {
		return this.executor;
	}

	@Override
	public void configureAsyncSupport(AsyncSupportConfigurer configurer) {
		configurer.setTaskExecutor(new TaskExecutorAdapter(this.executor));
	}

	@Override
	public void addInterceptors(InterceptorRegistry registry) {
		registry.addInterceptor(this.visits).excludePathPatterns("/");
	}

}
