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

  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
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
