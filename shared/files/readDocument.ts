import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { Call } from '../call.ts';
import { Failure } from '../failure.ts';
import { parseJson } from '../parseJson.ts';
import { createFairSlots } from '../upstream/fairSlots.ts';

/** A place in a document's text. */
export interface DocumentPlace {
  /** Counted from 1. A Word document is one page. */
  page: number;
  /** In characters of the text from that page on. */
  offset: number;
}

/** A part of the text of a foreign document. */
export interface DocumentRequest {
  bytes: Uint8Array;
  kind: 'pdf' | 'word';
  from: DocumentPlace;
  /** The most characters of it. */
  length: number;
}

const place = z.object({ page: z.int().min(1), offset: z.int().nonnegative() });

const answers = z.union([
  z.object({
    text: z.string(),
    /** Where the text goes on; undefined at its end. A part may be short of what was asked for where time was. */
    next: place.optional(),
  }),
  z.object({
    /** A document that is locked by a password, takes more memory or time than it may, or that none can read. */
    unreadable: z.enum(['locked', 'tooLarge', 'tooSlow', 'broken']),
  }),
]);

export type DocumentPart = z.output<typeof answers>;
export type Unreadable = Extract<DocumentPart, { unreadable: string }>['unreadable'];

/** Documents that are opened at once, whoever asks: together they hold no more than half of the smallest instance. */
const AT_ONCE = 3;

const turns = createFairSlots(AT_ONCE, Date.now);

/** A caller's turn to open documents. */
export interface Turn {
  call: Call;
  /** What must have ended before it is the next one's turn. */
  open: Set<Promise<unknown>>;
}

/**
 * Opens foreign documents when it is the call's turn, which callers get fairly. What is waiting holds no document yet.
 * @throws Failure `upstream_unavailable` where its turn did not come in time
 */
export async function inTurn<Result>(call: Call, work: (turn: Turn) => Promise<Result>): Promise<Result> {
  const { caller, action = '', deadline } = call;
  const leave = await turns.take({ caller: caller.id, action }, deadline - ANSWER_MS);
  if (!leave) {
    throw new Failure(
      'upstream_unavailable',
      'Too many documents are being read, and the turn of this one did not come in time. Try again in a few seconds.',
      { retryAfterSeconds: 5, isOwn: true },
    );
  }
  const turn: Turn = { call, open: new Set() };
  try {
    return await work(turn);
  } finally {
    void Promise.allSettled(turn.open).then(leave);
  }
}

/** The most bytes of a document that are looked at. */
export const MAX_DOCUMENT_BYTES = 10 * 1024 * 1024;

/** What the process may hold besides the code that it shares: heap, buffers and stacks together, in kilobytes. */
const MAX_MEMORY_KB = 384 * 1024;
const MAX_HEAP_MB = 192;
/** What is kept of the call's time to tell that reading took too long. */
const ANSWER_MS = 500;
/** What is kept of the process's own time to say how far it came. */
const LAST_PAGE_MS = 1_000;

/**
 * What the kernel holds the process to, whatever its engine does: no core dump, nothing written to a file, its memory, its
 * processor time even where nobody is left to end it. Should the machine run out of memory all the same, it goes first.
 */
const bounded =
  'echo 1000 >/proc/self/oom_score_adj; ulimit -c 0; ulimit -f 0; ulimit -d "$1"; ulimit -t "$2"; shift 2; exec "$@"';

/**
 * Reads a part of a document's text.
 *
 * A process of its own does it. A thread shares its process's fate: one operation of its engine that finds no memory, such
 * as making a text of 30 MB, which 30 kB of PDF ask for, ends all of them, and the limits of a thread bound neither that
 * nor its buffers. Of a process the kernel bounds the memory (`RLIMIT_DATA`: measured, it never held more than its limit)
 * and the time, and it dies alone. It gets the bytes and nothing else: no environment and so no secret, no file but its own
 * code, no right to start anything or to make code of texts, and it ends with the reading, shortly before the call's
 * deadline at the latest. It starts in about 40 ms, and loading PDF.js takes it as long again.
 * Windows bounds its heap alone, which is for a developer's own machine.
 */
export async function readDocument(
  { bytes, kind, from, length }: DocumentRequest,
  { call: { deadline, signal }, open }: Turn,
): Promise<DocumentPart> {
  if (bytes.length > MAX_DOCUMENT_BYTES) return { unreadable: 'tooLarge' };
  const timeLeft = deadline - ANSWER_MS - Date.now();
  if (timeLeft <= 0 || signal.aborted) return { unreadable: 'tooSlow' };
  const script = readerScript();
  const command = [
    process.execPath,
    `--max-old-space-size=${MAX_HEAP_MB}`,
    '--disallow-code-generation-from-strings',
    '--no-expose-wasm',
    '--permission',
    `--allow-fs-read=${script}`,
    `--allow-fs-read=${dirname(script)}/chunks/`,
    script,
    kind,
    String(from.page),
    String(from.offset),
    String(length),
    String(Math.max(0, timeLeft - LAST_PAGE_MS)),
  ];
  const [file = '', ...parameters] =
    process.platform === 'win32'
      ? command
      : ['/bin/sh', '-c', bounded, 'sh', String(MAX_MEMORY_KB), String(Math.ceil(timeLeft / 1000) + 1), ...command];
  const { SystemRoot } = process.env;
  const child = spawn(file, parameters, {
    env: process.platform === 'win32' && SystemRoot ? { SystemRoot } : {},
    cwd: dirname(script),
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  const closed = once(child, 'close');
  closed.catch(() => {});
  open.add(closed);
  const late = Promise.withResolvers<'late'>();
  const isLate = () => late.resolve('late');
  const timer = setTimeout(isLate, timeLeft);
  signal.addEventListener('abort', isLate, { once: true });
  // It may end before it has read everything.
  child.stdin.on('error', () => {});
  child.stdin.end(bytes);
  try {
    // What is killed while the machine is busy takes its time to be gone, and nobody waits for that.
    const answer = await Promise.race([readAnswer(child.stdout, length), late.promise]);
    if (answer === 'late') return { unreadable: 'tooSlow' };
    if (answer === 'tooLong') return { unreadable: 'broken' };
    const { success, data } = answers.safeParse(parseJson(answer));
    if (success && !('text' in data && data.text.length > length)) return data;
    const ended = await Promise.race([closed, late.promise]);
    if (ended === 'late' || ended[1] === 'SIGXCPU') return { unreadable: 'tooSlow' };
    // It says that it has begun, and then its engine ends it for nothing but its memory.
    if (answer === '') throw new Error(`The reader of documents did not start: ${ended[0] ?? ended[1]}`);
    return { unreadable: 'tooLarge' };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', isLate);
    child.kill('SIGKILL');
  }
}

/** JSON writes a character with at most six. */
const ESCAPED = 6;
const ENVELOPE = 200;

/** All that it says, if it is no more than it may. */
async function readAnswer(output: AsyncIterable<Buffer>, length: number): Promise<string> {
  const chunks: Buffer[] = [];
  let left = length * ESCAPED + ENVELOPE;
  for await (const chunk of output) {
    left -= chunk.length;
    if (left < 0) return 'tooLong';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

let found: string | undefined;

/** The build bundles the reader beside the app's entry, one folder above the chunk that this module is in. */
function readerScript(): string {
  found ??= realpathSync(fileURLToPath(new URL('../documentReader.js', import.meta.url)));
  return found;
}
