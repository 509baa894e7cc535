/** First pause before the same thing is tried again; doubled each time. */
export const RETRY_FIRST_MS = 50;

/** Longest pause: after an outage work goes on within two seconds. */
export const RETRY_MAX_MS = 2_000;
