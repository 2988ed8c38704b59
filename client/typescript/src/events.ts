import type { components } from "./api.js";
import { sleep } from "./pause.js";
import { Problem } from "./problem.js";

/** An event of a stream. Its id is its place there: what after takes. */
export interface Streamed {
  id: string;
  event: components["schemas"]["EventOut"];
}

export interface EventStream {
  after?: string;
  /** Only these kinds. */
  kind?: string[];
  signal?: AbortSignal;
}

type Open = (after: string | undefined, signal: AbortSignal) => Promise<Response>;

/** Reads a stream, and comes back where it breaks. It ends with the loop, or with the signal. */
export async function* readEvents(open: Open, options: EventStream): AsyncGenerator<Streamed, void, undefined> {
  let after = options.after;
  let wait = 1000;
  for (;;) {
    const line = new AbortController();
    const stop = () => line.abort(options.signal?.reason);
    options.signal?.addEventListener("abort", stop, { once: true });
    try {
      options.signal?.throwIfAborted();
      const response = await open(after, line.signal);
      for await (const block of blocks(response.body as ReadableStream<Uint8Array>)) {
        wait = block.retry ?? wait;
        after = block.id ?? after;
        if (block.data !== undefined) {
          yield { id: after ?? "", event: JSON.parse(block.data) as Streamed["event"] };
        }
      }
    } catch (error) {
      if (options.signal?.aborted) {
        return;
      }
      if (error instanceof Problem) {
        throw error;
      }
    } finally {
      options.signal?.removeEventListener("abort", stop);
      line.abort();
    }
    try {
      await sleep(wait, options.signal);
    } catch {
      return;
    }
  }
}

interface Block {
  id?: string;
  data?: string;
  retry?: number;
}

/** The blocks of a stream, each of which ends with an empty line. */
async function* blocks(body: ReadableStream<Uint8Array>): AsyncGenerator<Block, void, undefined> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    text += decoder.decode(value, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      yield blockOf(text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
}

function blockOf(text: string): Block {
  const block: Block = {};
  for (const line of text.split("\n")) {
    const [, name, value] = /^(\w*): ?(.*)$/.exec(line) ?? [];
    if (name === "id") {
      block.id = value;
    } else if (name === "data") {
      block.data = (block.data ?? "") + value;
    } else if (name === "retry") {
      block.retry = Number(value);
    }
  }
  return block;
}
