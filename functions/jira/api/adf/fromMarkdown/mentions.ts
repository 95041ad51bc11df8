/** Somebody whom a text mentions. */
export interface Mention {
  /** As it stands in the text: `@"Ana Ruiz"`. */
  written: string;
  /** The account that it names; undefined for a name. */
  accountId?: string;
  /** The name or the e-mail address that it gives, '' beside an account. */
  name: string;
  /** True for `@Ana`, without quotation marks: more words of the name may follow, or of the sentence. */
  isBare: boolean;
  /** True for one that the text had before, as it is shown. */
  isHeld?: true;
}

/** The account of who is mentioned, and of `@Ana Ruiz Please` how many characters the name has. */
export type FindPerson = (mention: Mention) => { id: string; text: string; length?: number } | undefined;

/** Whom a text mentioned before, under one name. */
export interface Held {
  /** The account of each mention, in their order. */
  accountIds: readonly string[];
  /** What stood before and behind them, a character each; '' where nothing did. */
  before: ReadonlySet<string>;
  after: ReadonlySet<string>;
}

/** By how they are shown: `@Ana Ruiz`. */
export type HeldByName = ReadonlyMap<string, Held>;

/** A mention and where it stands. */
interface Place {
  start: number;
  mention: Mention;
}

const form =
  /\[~(?<account>accountid:)?(?<user>[^\][\s~]{1,255})\]|(?<![\p{L}\p{N}_.@])@(?:(?<email>[\w.%+-]+@[\w-]+(?:\.[\w-]+)+)|"(?<quoted>[^"@]{1,100})"|“(?<curly>[^”@]{1,100})”|\[(?<listed>[^\][]{1,100})\]|(?<word>\p{L}))/gu;

/** The words of a name that stands in a text: O'Brien, Anne-Marie, ana.ruiz. */
const nameWord = /[\p{L}\p{M}\p{N}_]+(?:[.'’-][\p{L}\p{M}\p{N}_]+)*/uy;
const nextWord = / (\p{Lu}[\p{L}\p{M}\p{N}_]*(?:[.'’-][\p{L}\p{M}\p{N}_]+)*)/uy;
const MAX_WORDS = 4;

/**
 * The mentions in a text that is no code and no link: `@ana@example.com`, `@"Ana Ruiz"`, `@Ana Ruiz`, `[~accountid:5b10…]`.
 * An e-mail address in prose is none, and neither is a package or a decorator: `@scope/name`, `@Test()`.
 * @param held whom the text mentioned before
 */
export function mentionsOf(text: string, held: HeldByName = none): Iterable<Place> {
  const kept = [...heldIn(text, held)];
  if (kept.length === 0) return writtenIn(text);
  const starts = new Set(kept.map(({ start }) => start));
  const others = [...writtenIn(text)].filter(({ start }) => !starts.has(start));
  return [...kept, ...others].sort((one, other) => one.start - other.start);
}

const none: HeldByName = new Map();

const wordBefore = /[\p{L}\p{N}_.@]$/u;
const wordAfter = /^[\p{L}\p{M}\p{N}_@]/u;

/** The longest that fits at each @. */
function* heldIn(text: string, held: HeldByName): Generator<Place> {
  if (held.size === 0) return;
  const lengths = [...new Set([...held.keys()].map(({ length }) => length))].sort((one, other) => other - one);
  for (let start = text.indexOf('@'); start !== -1; start = text.indexOf('@', start + 1)) {
    const before = [...text.slice(Math.max(0, start - 2), start)].at(-1) ?? '';
    const length = lengths.find(each => {
      const known = held.get(text.slice(start, start + each));
      const [after = ''] = text.slice(start + each, start + each + 2);
      return (
        known !== undefined &&
        (!wordBefore.test(before) || known.before.has(before)) &&
        (!wordAfter.test(after) || known.after.has(after))
      );
    });
    if (length === undefined) continue;
    const written = text.slice(start, start + length);
    yield { start, mention: { written, name: written.slice(1), isBare: false, isHeld: true } };
    start += length - 1;
  }
}

function* writtenIn(text: string): Generator<Place> {
  if (!text.includes('@') && !text.includes('[~')) return;
  for (const match of text.matchAll(form)) {
    const { account, user, email, quoted, curly, listed, word } = match.groups ?? {};
    const [written] = match;
    if (user !== undefined) {
      yield {
        start: match.index,
        mention: { written, name: account ? '' : user, isBare: false, ...(account && { accountId: user }) },
      };
    } else if (word === undefined) {
      const name = (email ?? quoted ?? curly ?? listed ?? '').trim();
      if (name !== '') yield { start: match.index, mention: { written, name, isBare: false } };
    } else if (!isInAddress(text, match.index)) {
      const name = bareName(text, match.index + 1);
      if (name) yield { start: match.index, mention: { written: `@${name}`, name, isBare: true } };
    }
  }
}

/** The mention of a link to an account: `[@Ana Ruiz](accountid:5b10…)`. */
export function linkedMention(text: string, href: string): Mention | undefined {
  const accountId = href.startsWith('accountid:') ? href.slice('accountid:'.length) : '';
  return accountId === '' ? undefined : { written: text.replace(/^@?/, '@'), accountId, name: '', isBare: false };
}

function bareName(text: string, start: number): string | undefined {
  nameWord.lastIndex = start;
  const first = nameWord.exec(text)?.[0];
  if (!first) return undefined;
  const after = text.slice(start + first.length, start + first.length + 2);
  if (after.startsWith('(') || after.startsWith('@') || /^\/[\w]/.test(after)) return undefined;
  const words = [first];
  nextWord.lastIndex = nameWord.lastIndex;
  while (words.length < MAX_WORDS) {
    const next = nextWord.exec(text)?.[1];
    if (next === undefined) break;
    words.push(next);
  }
  return words.join(' ');
}

/** `example.com/@ana` is an address. */
function isInAddress(text: string, at: number): boolean {
  if (text.charAt(at - 1) !== '/') return false;
  const before = text.slice(Math.max(0, at - 100), at);
  return before.slice(before.lastIndexOf(' ') + 1).includes('.');
}
