import { parseJson } from '../parseJson.ts';
import { sentence } from '../text.ts';

const MAX_SENTENCES = 10;
const MAX_DEPTH = 4;

/** Where vendors and gateways put words for people, the most telling first. Others hold codes, paths and identifiers. */
const telling = [
  ...[
    'errorMessages',
    'errors',
    'fieldErrors',
    'errorMessage',
    'error_description',
    'message',
    'detail',
    'title',
    'description',
  ],
  ...['reason', 'error', 'errorDetails', 'warningMessages', 'output', 'fault', 'faultstring', 'Message', 'msg'],
] as const;

/** They say the same in fewer words where the other is there. */
const lesser: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    title: ['detail', 'message'],
    error: ['error_description', 'message', 'errorMessage', 'detail'],
  }),
);

/**
 * What an upstream says in the body of an error, in whichever form: a list of messages, messages by field, problem details
 * (RFC 9457), an OAuth error (RFC 6749), a gateway's `{ code, message }`. At most ten sentences, none twice.
 */
export function saidIn(body: unknown): string[] {
  const said = new Set<string>();
  collect(body, '', 0, said);
  return [...said].slice(0, MAX_SENTENCES).map(sentence);
}

function collect(value: unknown, field: string, depth: number, said: Set<string>): void {
  if (depth > MAX_DEPTH || said.size >= MAX_SENTENCES) return;
  if (typeof value === 'string') {
    const text = value.trim();
    if (text) said.add(field ? `${field}: ${text}` : text);
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value.slice(0, MAX_SENTENCES)) collect(item, field, depth + 1, said);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const parts = new Map(Object.entries(value));
  for (const name of telling) {
    const part = parts.get(name);
    if (isEmpty(part) || lesser.get(name)?.some(better => !isEmpty(parts.get(better)))) continue;
    if ((name === 'errors' || name === 'fieldErrors') && isRecord(part)) {
      for (const [of, message] of Object.entries(part).slice(0, MAX_SENTENCES)) collect(message, of, depth + 1, said);
    } else {
      collect(part, field, depth + 1, said);
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** A gateway may say it in plain words. Pages, stacks and single words are not for people who call an action. */
const plainSentence = /^[A-Z][^<>{}\r\n]{9,299}$/;

/** The same of a body as it came, which may be JSON or one plain sentence. */
export function saidInBody(body: string): string[] {
  const value = parseJson(body);
  if (value !== undefined) return saidIn(value);
  const text = body.trim();
  return plainSentence.test(text) ? [sentence(text)] : [];
}
