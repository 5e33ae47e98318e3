/**
 * JSON-RPC error codes that guard sends. The first five are the specification's; guard's own lie
 * outside -32768…-32000, since MCP reserves that range (2026-07-28, basic, "Error Codes").
 */
export const ERROR_CODES = {
  /** The line is not JSON. */
  parseError: -32700,
  /** The line is JSON but no unambiguous JSON-RPC message. */
  invalidRequest: -32600,
  /** The method is not there. */
  methodNotFound: -32601,
  /** The parameters of a governed method are not what the method takes. */
  invalidParams: -32602,
  /** The gateway itself failed, or could not reach the server. */
  internalError: -32603,
  /** Policy, a limit or an approval said no. */
  denied: -31001,
  /** The server ended before it answered. */
  serverGone: -31002,
  /** The server's answer could not be read. */
  garbledAnswer: -31003,
  /** The server's answer is larger than the bound. */
  answerTooLarge: -31004,
  /** No answer came within the time limit. */
  answerTimeout: -31005,
  /** Too many requests are under way. */
  tooManyPending: -31006,
  /** The line is larger than the bound. */
  frameTooLarge: -31007,
  /** The remote server could not be reached or refused. */
  remoteFailed: -31008,
} as const;
