/** Where a text stands: the characters next to it, and the marks that make more characters special. */
interface Surroundings {
  before: string;
  after: string;
  inLink: boolean;
  inStrike: boolean;
  /** The signs that nothing in the paragraph pairs with, so that they are plain where they stand. */
  alone: ReadonlySet<string>;
}

/** Escapes the characters that Markdown would read as markup where they stand. */
export function escapeText(text: string, { before, after, inLink, inStrike, alone }: Surroundings): string {
  if (!/[\\`*_~[\]<&]/.test(text)) return text;
  return text.replace(/[\\`~[\]<]|&(?=#?\w+;)|\*+|_+/g, (signs, offset: number) => {
    const end = offset + signs.length;
    const previous = offset === 0 ? before : text.charAt(offset - 1);
    const next = end === text.length ? after : text.charAt(end);
    const isAlone = alone.has(signs.charAt(0));
    if (isAlone && (signs !== '<' || (previous !== '' && !/[!?]/.test(next)))) return signs;
    return isMarkup(signs, previous, next, inLink, inStrike) ? signs.replace(/./g, '\\$&') : signs;
  });
}

function isMarkup(signs: string, previous: string, next: string, inLink: boolean, inStrike: boolean): boolean {
  const standsAlone = /^\s?$/.test(previous) && /\s/.test(next);
  switch (signs.charAt(0)) {
    case '\\':
      return /^$|[!-/:-@[-`{-~]/.test(next);
    case '~':
      return inStrike || /\S/.test(previous);
    case '[':
      return inLink;
    case ']':
      return inLink || next === '(';
    case '<':
      return /\S/.test(next);
    case '*':
      return !standsAlone;
    case '_':
      return !standsAlone && !(/[\p{L}\p{N}]/u.test(previous) && /[\p{L}\p{N}]/u.test(next));
    default:
      return true;
  }
}

const pairing = ['*', '_', '~', '`'];

/** The signs that occur once in a paragraph's texts, and so have nothing to pair with; `<` is one where no `>` follows. */
export function signsAlone(texts: readonly string[]): ReadonlySet<string> {
  // Within a word _ is no sign, and * is none between spaces.
  const text = texts.join(' ').replace(/(?<=[\p{L}\p{N}])_+(?=[\p{L}\p{N}])|(?<=\s)\*+(?=\s)/gu, '');
  const alone = new Set(text.includes('<') && !text.includes('>') ? ['<'] : []);
  for (const sign of pairing) {
    const first = text.indexOf(sign);
    if (first < 0) continue;
    let end = first;
    while (text.charAt(end) === sign) end += 1;
    // Three may begin a block of code, or be a rule.
    if (end - first < 3 && !text.includes(sign, end)) alone.add(sign);
  }
  return alone;
}

/** Escapes characters at the start of a line that would start a block. */
export function escapeLineStart(text: string): string {
  if (!/^[#>+\-*=_|:[\d]/.test(text)) return text;
  const numbered = /^(\d{1,9})([.)])(?=\s|$)/.exec(text);
  if (numbered) return `${numbered[1]}\\${text.slice(numbered[1]?.length)}`;
  const startsBlock = /^(?:#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|\[(?:[ xX]\]|!|[^\]]*\]:)|[|:\s]*[-_*=][-_*=|:\s]*$)/;
  return startsBlock.test(text) ? `\\${text}` : text;
}

export function escapeInLink(text: string): string {
  return text.replace(/[\\`*[\]<]/g, '\\$&');
}

/** A pipe ends a table cell, even in code, unless an odd number of backslashes precedes it. */
export function escapePipes(text: string): string {
  return text.includes('|')
    ? text.replace(/(?<!\\)(\\*)\|/g, (_, slashes: string) => `${slashes}${slashes.length % 2 ? '\\\\|' : '\\|'}`)
    : text;
}

/** Escapes a final "!", because a link after it would be an image. */
export function shieldExclamation(pieces: string[]): void {
  const last = pieces.at(-1);
  if (last?.endsWith('!')) pieces[pieces.length - 1] = `${last.slice(0, -1)}\\!`;
}

export function codeSpan(code: string): string {
  const fence = '`'.repeat(longestBacktickRun(code) + 1);
  const padding = /^`|`$|^ .* $/.test(code) ? ' ' : '';
  return `${fence}${padding}${code}${padding}${fence}`;
}

export function longestBacktickRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** The address of a link, written so that Markdown reads all of it. */
export function destination(href: string): string {
  const safe = href.replace(/\s/g, encodeURIComponent).replace(/&(?=#?\w+;)/g, '&amp;');
  return safe === '' || /[()<>\\]/.test(safe) ? `<${safe.replace(/[<>\\]/g, '\\$&')}>` : safe;
}

export function isAutolink(url: string): boolean {
  return /^https?:\/\/[^\s<>\\]+$/.test(url);
}

export function oneLineOf(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/\s+/g, space => (/[\r\n]/.test(space) ? ' ' : space)) : text;
}
