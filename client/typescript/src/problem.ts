import type { components } from "./api.js";

/** What is wrong with one member. */
export type FieldProblem = components["schemas"]["FieldProblem"];

type Document = Partial<components["schemas"]["Problem"]>;

/** A refusal (RFC 9457). Act on code and reason, never on the words. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly reason: string;
  /** hard: the same request will fail again. transient: it may succeed later. */
  readonly severity: string;
  readonly requestId: string | undefined;
  /** It may have happened all the same: look before you ask again with another key. */
  readonly unsure: boolean;
  readonly errors: FieldProblem[];
  /** What the carrier said, in its own words. */
  readonly carrier: Document["carrier"];
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(status: number, document: Document, retryAfter?: number, requestId?: string) {
    super(document.detail ?? document.title ?? `the server answered ${status}`);
    this.status = status;
    this.code = document.code ?? "";
    this.reason = document.reason ?? "";
    this.severity = document.severity ?? "hard";
    this.requestId = document.request_id ?? requestId;
    this.unsure = document.unsure ?? false;
    this.errors = document.errors ?? [];
    this.carrier = document.carrier;
    this.retryAfter = document.retry_after ?? retryAfter;
  }

  /** The problem of an answer. What is none of Waybill's, such as a proxy's page, has its status alone. */
  static async of(response: Response): Promise<Problem> {
    const text = await response.text();
    const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
    let document: Document = {};
    if (response.headers.get("Content-Type")?.startsWith("application/problem+json")) {
      document = JSON.parse(text) as Document;
    }
    return new Problem(response.status, document, Number.isNaN(seconds) ? undefined : seconds, response.headers.get("X-Request-ID") ?? undefined);
  }
}

/** What is thrown where no answer came; its cause is what fetch said. */
export function lost(cause: unknown): Error {
  return new Error("no answer came", { cause });
}
