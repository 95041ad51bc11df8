import { Failure } from '../failure.ts';

/** Which bytes of a file are wanted. */
export interface ByteRange {
  from: number;
  length: number;
}

export interface FilePart {
  /** Fewer than were wanted at the end of the file. */
  bytes: Uint8Array;
}

/** As much as is passed over of a file of which no parts are given. */
const MAX_SKIPPED = 20 * 1024 * 1024;

/** The headers that ask for a part of a file. What is compressed on the way would have other bytes. */
export function rangeHeaders({ from, length }: ByteRange): Record<string, string> {
  return { range: `bytes=${from}-${from + length - 1}`, 'accept-encoding': 'identity' };
}

interface FileAnswer {
  status: number;
  header(name: string): string | null | undefined;
  body: AsyncIterable<Uint8Array> | null;
}

/**
 * Takes the bytes that are wanted from an answer that has them (206) or the whole file (200), and reads no further.
 * @throws Failure `upstream_error` for an answer that holds others
 */
export async function readFilePart(
  { status, header, body }: FileAnswer,
  { from, length }: ByteRange,
  title: string,
): Promise<FilePart> {
  const start = status === 206 ? startOf(header('content-range')) : 0;
  const skipped = from - (start ?? Number.NaN);
  // A part of what is compressed is a part of something else.
  const isOther = status === 206 && /^(?!identity$)\S/i.test(header('content-encoding') ?? '');
  if (!(skipped >= 0 && skipped <= MAX_SKIPPED) || isOther) {
    throw new Failure('upstream_error', `${title} did not give the part of the file that was asked for.`, {
      retryable: false,
    });
  }
  const chunks: Uint8Array[] = [];
  let [passed, taken] = [0, 0];
  for await (const chunk of body ?? []) {
    const wanted = chunk.subarray(Math.max(0, skipped - passed)).subarray(0, length - taken);
    passed += chunk.length;
    taken += wanted.length;
    if (wanted.length > 0) chunks.push(wanted);
    if (taken === length) break;
  }
  return { bytes: Buffer.concat(chunks) };
}

/** `bytes 100-199/1000` begins at 100. */
function startOf(contentRange: string | null | undefined): number | undefined {
  const [, start] = /^bytes (\d{1,15})-/.exec(contentRange ?? '') ?? [];
  return start === undefined ? undefined : Number(start);
}
