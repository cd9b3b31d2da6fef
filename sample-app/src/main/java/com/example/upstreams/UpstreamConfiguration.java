package com.example.upstreams;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
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

	@Bean
	Visits visits() {
		return this.visits;
	}

	@Override
	public void addInterceptors(InterceptorRegistry registry) {
		registry.addInterceptor(this.visits).excludePathPatterns("/");
	}

}
