/**
 * The lab: failures that are run twice side by side, with Spring Boot's own client and
 * with Tidepool, and what was counted of each. See docs/lab.md. No part of the example:
 * delete the package and its lines in {@code META-INF/spring}, and nothing is missing.
 */
@NullMarked
package com.example.lab;

import org.jspecify.annotations.NullMarked;
