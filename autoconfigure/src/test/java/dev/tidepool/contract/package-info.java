/**
 * What callers may rely on, whichever client they call with: each case is written once,
 * and run through RestClient and through WebClient.
 */
package dev.tidepool.contract;
