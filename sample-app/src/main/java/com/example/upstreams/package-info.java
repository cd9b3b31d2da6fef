/**
 * Stand-ins for the upstreams of the sample application, so that it needs nothing else to
 * run. No part of the example: an application has real upstreams instead.
 */
@NullMarked
package com.example.upstreams;

import org.jspecify.annotations.NullMarked;
