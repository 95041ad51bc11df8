// The process that reads one foreign document: its bytes come from standard input, what it answers goes to standard output.
import { constants, setPriority } from 'node:os';
import type { DocumentPart, DocumentPlace, Unreadable } from './readDocument.ts';

// The app comes first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const startedAt = performance.now();
const [kind, page, offset, length, milliseconds] = process.argv.slice(2);

// It has begun. JSON may be preceded by blanks.
process.stdout.write('\n');
process.on('uncaughtException', error => finish({ unreadable: reasonOf(error) }));
finish(await read({ page: Number(page), offset: Number(offset) }, Number(length)));

/** What a library left behind must not keep it alive. */
function finish(answer: DocumentPart): void {
  process.stdout.write(JSON.stringify(answer), () => process.exit(0));
}

async function read(from: DocumentPlace, length: number): Promise<DocumentPart> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    return await partOf(await open(new Uint8Array(Buffer.concat(chunks)), from.page), from, length);
  } catch (error) {
    return { unreadable: reasonOf(error) };
  }
}

/** A page's text as it is read, in pieces; `undefined` is the end of a page. */
type Pages = AsyncGenerator<string | undefined>;

/** The libraries are loaded by the file that needs them. */
async function open(bytes: Uint8Array, firstPage: number): Promise<Pages> {
  if (kind === 'pdf') return (await import('./pdfText.ts')).pdfText(bytes, firstPage);
  return (await import('./wordText.ts')).wordText(bytes);
}

/** Reads no further than the part needs, and gives what it has when its time is over. */
async function partOf(pages: Pages, from: DocumentPlace, length: number): Promise<DocumentPart> {
  const at = { page: from.page, offset: 0 };
  let skipped = 0;
  let text = '';
  for await (const piece of pages) {
    if (piece === undefined) {
      at.page += 1;
      at.offset = 0;
      if (performance.now() - startedAt > Number(milliseconds) && skipped === from.offset) return { text, next: at };
      continue;
    }
    const passed = Math.min(from.offset - skipped, piece.length);
    skipped += passed;
    const wanted = piece.slice(passed);
    const taken = wholeCharacters(wanted, length - text.length);
    text += taken;
    at.offset += passed + taken.length;
    if (taken.length < wanted.length) return { text, next: at };
  }
  return { text };
}

/** At most so many characters, and no half of one. */
function wholeCharacters(text: string, length: number): string {
  const cut = text.slice(0, length);
  return cut.length < text.length && /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/** Where there is no memory for a buffer, or the stack is full, engines and libraries say so in words of their own. */
function reasonOf(error: unknown): Unreadable {
  if (!(error instanceof Error)) return 'broken';
  if (error.name === 'PasswordException') return 'locked';
  return error instanceof RangeError || /allocation|call stack|memory|Invalid \w+ (buffer )?length/i.test(error.message)
    ? 'tooLarge'
    : 'broken';
}
