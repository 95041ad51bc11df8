/**
 * What reaches a model, and through it a chat that shows Markdown, holds no character that people do not see and no
 * markup that loads a picture, or leads elsewhere than it looks. Every text of an answer and of a failure passes here. A
 * blank breaks the markup, so no text is lost, and it is broken where it is escaped, too: a model that repeats a text
 * leaves out its backslashes. Linear in the length of the text.
 */
export function readable(text: string): string {
  return isSuspect(text) ? withSafeMarkup(withoutInvisible(text)) : text;
}

/** A value with all its texts readable. */
export function readableValue(value: unknown): unknown {
  if (typeof value === 'string') return readable(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(readableValue);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [readable(name), readableValue(part)]));
}

/**
 * Whether a text, or a JSON text, may hold anything that `readable` changes. It is quick, because hardly any does. In JSON
 * a control character and half of a character are written with a backslash.
 */
export function isSuspect(text: string): boolean {
  return suspect.test(text);
}

const suspect =
  /[^\P{Cc}\t\n]|[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Surrogate}\u2028\u2029\ufff9-\ufffb]|\\[bfru]|!\[|\][(:]|<[A-Za-z/]/u;

/** Flags that are written with tags (https://www.unicode.org/reports/tr51/#flag-emoji-tag-sequences), line ends, and what is not shown. */
const invisible =
  /\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f}|\r\n?|[^\P{Cc}\t\n]|[\u2028\u2029\ufff9-\ufffb\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Surrogate}]/gu;

/** Characters that are not shown themselves, and the text before and after in which they belong to what is shown. */
const belonging: readonly { sign: RegExp; before: RegExp; after: RegExp }[] = [
  // Joiners of scripts: https://www.unicode.org/reports/tr31/#Layout_and_Format_Control_Characters
  {
    sign: /[\u200c\u200d]/,
    before:
      /[\p{scx=Arab}\p{scx=Syrc}\p{scx=Nkoo}\p{scx=Mong}\p{scx=Phag}\p{scx=Mand}\p{scx=Adlm}\p{scx=Rohg}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Tibt}\p{scx=Mymr}\p{scx=Khmr}]$/u,
    after: /^/,
  },
  // Emoji that are made of several.
  {
    sign: /\u200d/,
    before: /\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?$/u,
    after: /^\p{Extended_Pictographic}/u,
  },
  { sign: /[\ufe0e\ufe0f]/, before: /\p{Extended_Pictographic}$/u, after: /^/ },
  { sign: /\ufe0f/, before: /[0-9#*]$/, after: /^\u20e3/ },
  // Variants of characters: https://www.unicode.org/Public/UCD/latest/ucd/StandardizedVariants.txt
  { sign: /[\ufe00-\ufe02]/, before: /[\p{Script=Han}\p{Script=Myanmar}\p{Sm}]$/u, after: /^/ },
  { sign: /[\u{e0100}-\u{e01ef}]/u, before: /\p{Script=Han}$/u, after: /^/ },
  { sign: /[\u180b-\u180f]/, before: /[\u1820-\u18aa]$/, after: /^/ },
  // Syllables of Hangul that are written in parts.
  { sign: /\u115f/, before: /$/, after: /^[\u1160-\u11a7]/ },
  { sign: /\u1160/, before: /[\u1100-\u115f]$/, after: /^/ },
];

function withoutInvisible(text: string): string {
  return text.replace(invisible, (found, offset: number) => {
    if (/^[\r\x85\u2028\u2029]/.test(found)) return '\n';
    if (found.startsWith('\ud83c')) return found;
    if (/^[\ud800-\udfff]$/.test(found)) return '\ufffd';
    const end = offset + found.length;
    const [before, after] = [text.slice(Math.max(0, offset - 4), offset), text.slice(end, end + 4)];
    return belonging.some(each => each.sign.test(found) && each.before.test(before) && each.after.test(after))
      ? found
      : '';
  });
}

/** Where markup may begin or end, and what tells code apart. */
const markup = /!?\[|\][(:]?|<(?=[a-z/])|`+|\n/gi;

/** How much of a link's text and address is looked at. */
const MAX_SEEN = 300;

/** A text with a blank inside each piece of markup that is a picture, or leads elsewhere than it looks. */
function withSafeMarkup(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  const breakAt = (at: number) => {
    parts.push(text.slice(copied, at));
    copied = at;
  };
  /** Where the texts of links begin that are not closed yet. */
  const opened: number[] = [];
  const code = codeScanner(text);
  // Without an address anywhere, `![` is not a picture, as in `vec![0; 4]`.
  const hasTargets = /\][([:]/.test(text);
  for (const { 0: sign, index } of text.matchAll(markup)) {
    const end = index + sign.length;
    const isCode = code.pass(sign, index);
    if (sign === '[' || sign === '![') {
      if (sign === '![' && hasTargets) breakAt(index + 1);
      opened.push(end);
    } else if (sign === '<') {
      if (!isSafeTag(text.slice(end, end + MAX_SEEN), isCode)) breakAt(end);
    } else if (sign.startsWith(']')) {
      const start = opened.pop() ?? index;
      const target = targetIn(text.slice(end, end + MAX_SEEN));
      if (sign === '](' && !(isSafe(target, isCode) && isTrue(text.slice(start, index), target))) breakAt(index + 1);
      if (sign === ']:' && isDefinition(text.slice(Math.max(0, start - MAX_SEEN), start), target)) breakAt(index + 1);
    }
  }
  return parts.length === 0 ? text : [...parts, text.slice(copied)].join(' ');
}

/**
 * Tells, as far as can be told from its signs alone, whether a place is in code: between fences, or between backticks of
 * one line. It can be deceived, so code is only let off what would do no harm outside of it.
 */
function codeScanner(text: string) {
  let fence = '';
  let span = '';
  const isClosed = (sign: string, from: number) => {
    const [line = ''] = text.slice(from, from + MAX_SEEN).split('\n', 1);
    // Backticks are closed by as many, and by no more.
    return [...line.matchAll(/`+/g)].some(([run]) => run === sign);
  };
  return {
    pass(sign: string, index: number): boolean {
      if (sign === '\n') span = '';
      if (sign.startsWith('`')) {
        const isFence = sign.length >= 3 && /(?:^|\n)[ >]{0,40}$/.test(text.slice(Math.max(0, index - 41), index));
        if (isFence && (fence === '' || sign.startsWith(fence))) fence = fence === '' ? sign : '';
        else if (span === sign) span = '';
        else if (fence === '' && span === '' && isClosed(sign, index + sign.length)) span = sign;
      }
      return fence !== '' || span !== '';
    },
  };
}

const loading = new Set(
  (
    'img image picture source track svg math video audio iframe frame frameset object embed applet script style link meta ' +
    'base form input button textarea select body html head'
  ).split(' '),
);

const harmful = /^(?:javascript|vbscript|data|file|blob):/i;
const webOrMail = /^(?:https?:\/\/|mailto:)/i;

/** What follows `<`: a tag that loads something or leads elsewhere, or the address of an autolink, is not safe. */
function isSafeTag(text: string, isCode: boolean): boolean {
  if (/^[a-z][a-z0-9+.-]{1,31}:/i.test(text)) return webOrMail.test(text) || (isCode && !harmful.test(text));
  const name = /^\/?([a-z][a-z0-9]*)/i.exec(text)?.[1]?.toLowerCase() ?? '';
  return !loading.has(name) && (name !== 'a' || isCode);
}

/** The address at the beginning of what follows `](` or `]:`. */
function targetIn(text: string): string {
  return /^\s{0,8}<?((?:[^\s<>()\\]|\\.|\([^\s<>()]*\))*)/.exec(text)?.[1] ?? '';
}

/** Calls such as `handlers[type](event)` are no links where they are code. */
function isSafe(target: string, isCode: boolean): boolean {
  return webOrMail.test(target) || /^accountid:[\w:-]+$/.test(target) || (isCode && /^[^:&\\/#%]*$/.test(target));
}

/** A definition `[1]: https://…` makes links of texts elsewhere. `[INFO]: done` is none. */
function isDefinition(before: string, target: string): boolean {
  return /(?:^|\n)[ \t>*+\-\d.)]{0,40}!?\[$/.test(before) && /^(?:[a-z][a-z0-9+.-]*:|www\.|[/\\&#.])/i.test(target);
}

const address = /(?<![a-z0-9+.-])(?:[a-z][a-z0-9+.-]*:\/\/|www\.)\S+/gi;
const bareAddress =
  /^(?:[^\s@]{1,64}@)?[\p{L}\p{N}][\p{L}\p{N}-]*(?:[.\u3002\uff0e\uff61][\p{L}\p{N}-]+)*[.\u3002\uff0e\uff61](\p{L}[\p{L}\p{N}-]+)(?:[:/?#]\S*)?$/u;
/** What names of files end in, although some are domains as well. */
const fileEndings = new Set(
  (
    'bat bin bmp c cc cfg cmd conf cpp cs css csv dll doc docx dll env exe gif go gz h html ico ini ipynb java jpeg jpg js ' +
    'json jsx kt lock log map md mjs mov mp3 mp4 msg net odt pdf php plist png ppt pptx properties ps1 py rb rs rst rtf sh ' +
    'sql svg swift tar tgz toml ts tsv tsx txt vue wav webp xls xlsx xml yaml yml zip'
  ).split(' '),
);

/** Whether a link's text looks like no other address than the link's own. */
function isTrue(text: string, target: string): boolean {
  if (target.startsWith('accountid:')) return text.startsWith('@');
  // Nobody reads a text that long as an address, but for what stands out in it.
  if (text.length > MAX_SEEN) return !/:\/|www\.|&[#\w]/i.test(text.slice(0, MAX_SEEN) + text.slice(-MAX_SEEN));
  const plain = unmarked(text);
  if (/&[#\w]{1,40};/.test(plain)) return false;
  const addresses = plain.match(address);
  if (addresses) return addresses.every(each => isSame(each, target));
  const [bare, ending = ''] = bareAddress.exec(plain.trim().replace(/[.,;:!?\u2026]{1,9}$/, '')) ?? [];
  if (bare === undefined || (fileEndings.has(ending.toLowerCase()) && !bare.includes('@'))) return true;
  return isSame(bare, target);
}

/** A text as it is shown, without emphasis, escapes and the signs that stand for themselves. */
function unmarked(text: string): string {
  return text.replace(/[\\*_~`]|<[^<>]{0,80}>/g, '').replaceAll('&amp;', '&');
}

/** The text may leave out the scheme, `www.` and the end of the address. */
function isSame(shown: string, target: string): boolean {
  const [some, other] = [normal(shown), normal(unmarked(target))];
  if (some === undefined || other === undefined) return false;
  return other === some || (other.startsWith(some) && (some.includes('/') || /^[/?#]/.test(other.slice(some.length))));
}

/** `https://www.contoso.com/a/` is `contoso.com/a`, and `mailto:ana@contoso.com` is `ana@contoso.com`. */
function normal(text: string): string | undefined {
  const trimmed = text.replace(/[.,;:!?)\u2026/]{1,9}$/, '');
  const mail = /^(?:mailto:)?([^\s@/?]{1,64}@[^\s@/?]{1,255})(?:\?.*)?$/i.exec(trimmed)?.[1];
  if (mail !== undefined) return mail.toLowerCase();
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  if (!url) return undefined;
  return `${url.host}${url.pathname}${url.search}${url.hash}`.replace(/^www\./, '').replace(/\/$/, '');
}
