/** The kinds of failure, a closed list. web/failure.ts maps each to an HTTP status. */
export type Code =
  | "bad-request"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "gone"
  | "conflict"
  | "too-large"
  | "rate-limited"
  | "unavailable"
  | "bad-config"
  | "store"
  | "internal";

/**
 * A failure that its reader can act on. The message is one sentence fit for
 * the public; the cause is what really happened and is only for the log.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: Code;
  /** After how many seconds to try again, where that is known. */
  readonly retryAfter: number | undefined;

  constructor(code: Code, message: string, options?: { cause?: unknown; retryAfter?: number }) {
    super(message, options);
    this.code = code;
    this.retryAfter = options?.retryAfter;
  }
}

/**
 * What to print when a command or the start of a node fails: one sentence for
 * what its reader can mend, everything for what nobody foresaw.
 */
export function describeFailure(error: unknown): string {
  if (error instanceof AppError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
