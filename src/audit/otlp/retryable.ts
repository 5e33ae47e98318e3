/** Whether the same request may be sent again (OTLP/HTTP, "Retryable Response Codes"). */
export function isRetryable(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}
