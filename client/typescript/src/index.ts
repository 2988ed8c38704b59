// A client of Waybill's own API, for Node 20 and newer and for browsers. What there is to ask, with which members, is
// in api.ts, which is made from the OpenAPI document; this file is everything else.
import type { components, paths } from "./api.js";
import { readEvents, type EventStream } from "./events.js";
import { sleep } from "./pause.js";
import { lost, Problem } from "./problem.js";

export { Problem, type FieldProblem } from "./problem.js";
export type { Streamed } from "./events.js";

/** The types of the API by name: Schemas["ShipmentOut"]. */
export type Schemas = components["schemas"];

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** The paths that know a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never;
}[keyof paths];

type Operation<P extends keyof paths, M extends Method> = paths[P] extends { [K in M]: infer O } ? O : never;

type PathParameters<O> = O extends { parameters: { path: infer T extends object } } ? { path: T } : { path?: never };
type QueryParameters<O> = O extends { parameters: { query?: infer T } } ? { query?: NonNullable<T> } : { query?: never };
type Content<T> = T extends { "application/json": infer J } ? J : T extends { [K in keyof T]: infer F } ? F : never;
type Sent<O> = O extends { requestBody: { content: infer C } }
  ? { body: Content<C> }
  : O extends { requestBody?: { content: infer C } }
    ? { body?: Content<C> }
    : { body?: never };
type Answered<O> = O extends { responses: infer R }
  ? R extends Record<200 | 201 | 202, never>
    ? never
    : { [S in keyof R & (200 | 201 | 202)]: R[S] extends { content: { "application/json": infer J } } ? J : undefined }[keyof R &
        (200 | 201 | 202)]
  : never;

interface Common {
  /** The Idempotency-Key of a write, in place of a random one, so that you may repeat it yourself for 48 hours. */
  key?: string;
  /** Change it only while its ETag is still this one. */
  ifMatch?: string;
  signal?: AbortSignal;
}

/** What is said of a request, beside its path. */
export type Options<P extends keyof paths, M extends Method> = Common &
  PathParameters<Operation<P, M>> &
  QueryParameters<Operation<P, M>> &
  Sent<Operation<P, M>>;

type Arguments<T> = {} extends T ? [options?: T] : [options: T];

/** The JSON that is answered. */
export type AnswerOf<P extends keyof paths, M extends Method> = Answered<Operation<P, M>>;

/** The items of a list. */
export type ItemOf<P extends keyof paths> = AnswerOf<P, "get"> extends { items: (infer T)[] } ? T : never;

/** An answer with what stands beside its body. */
export interface Answer<T> {
  data: T;
  status: number;
  /** The version, for ifMatch. */
  etag: string | undefined;
  /** Names the request in the server's logs. */
  requestId: string | undefined;
  /** It was done before, under the same key. */
  replayed: boolean;
  /** How often it was asked. */
  tries: number;
}

/** An answer that is a file, such as a label. */
export interface File {
  data: Uint8Array;
  type: string;
  name: string | undefined;
}

export interface ClientOptions {
  /** Address of the server, such as https://ship.example.com. */
  server: string;
  /** An API key, or a token of an OAuth client. */
  key: string;
  /** In place of the fetch that is there. */
  fetch?: typeof globalThis.fetch;
}

interface Loose extends Common {
  path?: Record<string, string | number>;
  query?: Record<string, unknown>;
  body?: unknown;
}

const TRIES = 5;
const FIRST_PAUSE = 250;
const MAX_PAUSE = 8_000;
const MAX_WAIT = 60_000;

/**
 * A client of one server with one key. A write is sent with an Idempotency-Key, so that it may be sent again where no
 * answer came or the server has too much to do (429, 503); it is done once. What is refused is thrown as a Problem.
 */
export class Client {
  readonly #base: string;
  readonly #key: string;
  readonly #fetch: typeof globalThis.fetch;

  constructor(options: ClientOptions) {
    const url = new URL(options.server);
    const below = url.pathname.replace(/\/+$/, "");
    this.#base = url.origin + (below === "" ? "/api/v1" : below);
    this.#key = options.key;
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  }

  async get<P extends PathOf<"get">>(path: P, ...args: Arguments<Options<P, "get">>): Promise<AnswerOf<P, "get">> {
    return (await this.send("get", path, ...args)).data;
  }

  async post<P extends PathOf<"post">>(path: P, ...args: Arguments<Options<P, "post">>): Promise<AnswerOf<P, "post">> {
    return (await this.send("post", path, ...args)).data;
  }

  async put<P extends PathOf<"put">>(path: P, ...args: Arguments<Options<P, "put">>): Promise<AnswerOf<P, "put">> {
    return (await this.send("put", path, ...args)).data;
  }

  /** A change by a merge patch (RFC 7396): what is left out stays, null takes away, a list is replaced whole. */
  async patch<P extends PathOf<"patch">>(path: P, ...args: Arguments<Options<P, "patch">>): Promise<AnswerOf<P, "patch">> {
    return (await this.send("patch", path, ...args)).data;
  }

  async delete<P extends PathOf<"delete">>(path: P, ...args: Arguments<Options<P, "delete">>): Promise<AnswerOf<P, "delete">> {
    return (await this.send("delete", path, ...args)).data;
  }

  /** A request whose answer's ETag, status or request id is wanted too. */
  async send<M extends Method, P extends PathOf<M>>(method: M, path: P, ...args: Arguments<Options<P, M>>): Promise<Answer<AnswerOf<P, M>>> {
    const { response, tries } = await this.#ask(method, path as string, (args[0] ?? {}) as Loose);
    const text = await response.text();
    return {
      data: (text === "" ? undefined : JSON.parse(text)) as AnswerOf<P, M>,
      status: response.status,
      etag: response.headers.get("ETag") ?? undefined,
      requestId: response.headers.get("X-Request-ID") ?? undefined,
      replayed: response.headers.get("Idempotent-Replayed") === "true",
      tries,
    };
  }

  /** A label or another file. */
  async file<P extends PathOf<"get">>(path: P, ...args: Arguments<Options<P, "get">>): Promise<File> {
    const { response } = await this.#ask("get", path as string, (args[0] ?? {}) as Loose);
    return {
      data: new Uint8Array(await response.arrayBuffer()),
      type: response.headers.get("Content-Type") ?? "",
      name: /filename="?([^";]+)"?/.exec(response.headers.get("Content-Disposition") ?? "")?.[1],
    };
  }

  /** A whole list, part by part as it is read. */
  async *all<P extends PathOf<"get">>(path: P, ...args: Arguments<Options<P, "get">>): AsyncGenerator<ItemOf<P>, void, undefined> {
    const options = (args[0] ?? {}) as Loose;
    for (let cursor = options.query?.["cursor"]; ; ) {
      const { response } = await this.#ask("get", path as string, { ...options, query: { ...options.query, cursor } });
      const part = (await response.json()) as { items: ItemOf<P>[]; next_cursor?: string };
      yield* part.items;
      if (part.next_cursor === undefined || part.next_cursor === cursor) {
        return;
      }
      cursor = part.next_cursor;
    }
  }

  /**
   * What happens, as it happens. Where the line breaks it comes back and hears what happened meanwhile, each once.
   * after is the id of the last event that was heard; without it the stream begins now.
   */
  events(options: EventStream = {}) {
    const open = async (after: string | undefined, signal: AbortSignal) =>
      (await this.#ask("get", "/events/stream", { query: { cursor: after, kind: options.kind?.join(",") }, signal })).response;
    return readEvents(open, options);
  }

  /** Sends a request, again where that is safe and may help. */
  async #ask(method: Method, path: string, options: Loose): Promise<{ response: Response; tries: number }> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.#key}` };
    if (method !== "get") {
      headers["Idempotency-Key"] = options.key ?? newKey();
    }
    if (options.ifMatch !== undefined) {
      headers["If-Match"] = options.ifMatch;
    }
    let body: string | undefined;
    if (typeof options.body === "string") {
      [body, headers["Content-Type"]] = [options.body, "text/csv"];
    } else if (options.body !== undefined) {
      [body, headers["Content-Type"]] = [JSON.stringify(options.body), method === "patch" ? "application/merge-patch+json" : "application/json"];
    }
    const url = this.#base + filled(path, options.path) + queryOf(options.query);
    for (let tries = 1; ; tries++) {
      const [response, failure] = await this.#once(url, { method: method.toUpperCase(), headers, body, signal: options.signal ?? null });
      if (response !== undefined) {
        return { response, tries };
      }
      const pause = pauseAfter(failure, tries);
      if (pause === undefined || tries === TRIES || options.signal?.aborted) {
        throw failure;
      }
      await sleep(pause, options.signal);
    }
  }

  async #once(url: string, init: RequestInit): Promise<[Response, undefined] | [undefined, Error]> {
    try {
      const response = await this.#fetch(url, init);
      return response.ok ? [response, undefined] : [undefined, await Problem.of(response)];
    } catch (error) {
      if (init.signal?.aborted) {
        throw error;
      }
      return [undefined, lost(error)];
    }
  }
}

/** A path with its parameters in it. */
function filled(path: string, parameters: Record<string, string | number> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parameters[name])));
}

function queryOf(query: Record<string, unknown> = {}): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) {
      said.set(name, Array.isArray(value) ? value.join(",") : value instanceof Date ? value.toISOString() : String(value));
    }
  }
  const text = said.toString();
  return text === "" ? "" : "?" + text;
}

/** How long to wait before asking again, in milliseconds; undefined: it would not help. */
function pauseAfter(failure: Error, tries: number): number | undefined {
  let pause = Math.min(FIRST_PAUSE * 2 ** (tries - 1), MAX_PAUSE) * (0.5 + Math.random() / 2);
  if (failure instanceof Problem) {
    if (failure.status !== 429 && failure.status !== 503 && failure.reason !== "key_running") {
      return undefined;
    }
    pause = Math.max(pause, (failure.retryAfter ?? 0) * 1000);
  }
  return pause <= MAX_WAIT ? pause : undefined;
}

function newKey(): string {
  return Array.from(globalThis.crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}
