package dev.tidepool.contract;

import org.springframework.http.HttpHeaders;

/**
 * A response that was read to its end.
 *
 * @param status its status
 * @param headers its headers
 * @param body its body
 */
record ContractResponse(int status, HttpHeaders headers, String body) {
}
