/**
 * Takes secrets out of a text that an upstream or a proxy may have repeated them in: as they are, in base64 (alone, behind
 * a user name, or anywhere else inside what was encoded), in hexadecimal; and all of these once more as a URL, a form,
 * JSON or HTML escapes them. A part of a secret that is long enough to matter is taken out as well. The work is linear in
 * the length of the text.
 */
export function redact(text: string, indexes: readonly SecretIndex[]): string {
  const used = indexes.filter(({ short, grams }) => short.length > 0 || grams.size > 0);
  if (used.length === 0 || text.length < MIN_SECRET) return text;
  const ranges: Range[] = [];
  for (const view of viewsOf(text)) {
    for (const index of used) {
      for (const { start, end } of findIn(view.text, index)) {
        ranges.push({ start: view.starts?.[start] ?? start, end: view.ends?.[end - 1] ?? end });
      }
    }
  }
  return without(text, ranges);
}

/** Secrets in the forms in which they are looked for. */
export interface SecretIndex {
  /** Forms that are looked for as a whole. */
  short: Form[];
  /** Where in longer forms a piece of GRAM characters stands, for every GRAM-th piece. */
  grams: Map<string, { form: Form; at: number }[]>;
  /** Whether a piece may begin with these four characters; it has false positives. */
  begins: Uint8Array;
}

interface Form {
  text: string;
  /** What stands around it belongs to the same secret, as far as it is of this kind. */
  isEncoded: boolean;
}

interface Range {
  start: number;
  end: number;
}

/** What is shorter than that is a word that texts have anyway. */
const MIN_SECRET = 6;
const GRAM = 8;
/** So many characters of a secret always hold a piece that is looked for; fewer of them tell little. */
const MIN_PART = 2 * GRAM;
/** A form that repeats itself needs not be found at each place. */
const MAX_PLACES = 4;
const FILTER_BITS = 16;

/** Of sets that are still in use: the credentials of a call are looked for in each of its texts. */
const indexes = new WeakMap<object, { size: number; index: SecretIndex }>();

/**
 * Indexes secrets, to look for them in many texts. Those of fewer than six characters are left out. The index of a set,
 * to which secrets may be added and from which none is taken, is kept as long as the set.
 */
export function indexSecrets(secrets: Iterable<string>): SecretIndex {
  if (!(secrets instanceof Set)) return indexNow(secrets);
  const known = indexes.get(secrets);
  if (known?.size === secrets.size) return known.index;
  const index = indexNow(secrets);
  indexes.set(secrets, { size: secrets.size, index });
  return index;
}

function indexNow(secrets: Iterable<string>): SecretIndex {
  const index: SecretIndex = { short: [], grams: new Map(), begins: new Uint8Array(2 ** FILTER_BITS) };
  const forms = new Map<string, Form>();
  for (const secret of new Set(secrets)) for (const form of formsOf(secret)) forms.set(form.text, form);
  for (const form of forms.values()) {
    if (form.text.length < MIN_PART) {
      index.short.push(form);
      continue;
    }
    for (let at = 0; at + GRAM <= form.text.length; at += GRAM) {
      const gram = form.text.slice(at, at + GRAM);
      const places = index.grams.get(gram) ?? [];
      if (places.filter(place => place.form === form).length < MAX_PLACES) places.push({ form, at });
      index.grams.set(gram, places);
      index.begins[filterOf(lastFour(gram.slice(0, 4)))] = 1;
    }
  }
  return index;
}

function formsOf(secret: string): Form[] {
  if (secret.length < MIN_SECRET) return [];
  // What is encoded may be a URL or a form that has the secret in it.
  const written = new Set([secret, encodeURIComponent(secret.toWellFormed()), formEncoded(secret)]);
  const encoded = [...written].flatMap(text => {
    const bytes = Buffer.from(text);
    return [...base64Forms(bytes), bytes.toString('hex'), bytes.toString('hex').toUpperCase()];
  });
  return [
    { text: secret, isEncoded: false },
    // Of a form, the percent signs are decoded, but a plus sign may be one.
    { text: secret.replaceAll(' ', '+'), isEncoded: false },
    ...encoded.filter(text => text.length >= MIN_SECRET).map(text => ({ text, isEncoded: true })),
  ];
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

/**
 * What base64 and base64url make of bytes, whatever stands before and behind them: three bytes are four characters, so
 * there are three ways, of which the characters count that have no bits of the neighbours.
 */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap(before => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const core = text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function* findIn(text: string, { short, grams, begins }: SecretIndex): Generator<Range> {
  for (const { text: form, isEncoded } of short) {
    for (let at = text.indexOf(form); at >= 0; ) {
      const found = { start: at, end: at + form.length };
      const range = isEncoded ? wholeRun(text, found) : found;
      yield range;
      at = text.indexOf(form, range.end);
    }
  }
  let from = 0;
  let four = lastFour(text.slice(0, 3));
  for (let at = 0; at + GRAM <= text.length; at += 1) {
    four = (four << 8) | (text.charCodeAt(at + 3) & 0xff);
    if (begins[filterOf(four)] === 0 || at < from) continue;
    const found = longest(text, at, from, grams.get(text.slice(at, at + GRAM)) ?? []);
    if (!found) continue;
    from = found.end;
    yield found;
  }
}

/** The last four characters as a number, which the next character shifts. */
function lastFour(text: string): number {
  let four = 0;
  for (let at = 0; at < text.length; at += 1) four = (four << 8) | (text.charCodeAt(at) & 0xff);
  return four;
}

function filterOf(four: number): number {
  return Math.imul(four, 0x9e3779b1) >>> (32 - FILTER_BITS);
}

/** The longest part of a form around a piece of it; undefined where no part is long enough. */
function longest(
  text: string,
  at: number,
  from: number,
  places: readonly { form: Form; at: number }[],
): Range | undefined {
  let best: Range | undefined;
  for (const { form, at: inForm } of places) {
    let before = 0;
    while (at - before > from && before < inForm && text[at - before - 1] === form.text[inForm - before - 1])
      before += 1;
    let after = GRAM;
    while (inForm + after < form.text.length && text[at + after] === form.text[inForm + after]) after += 1;
    const range = { start: at - before, end: at + after };
    const isLong = before + after >= MIN_PART || isCutOff(text, range, form, inForm - before);
    if (isLong && before + after > (best ? best.end - best.start : 0)) {
      best = form.isEncoded ? wholeRun(text, range) : range;
    }
  }
  return best;
}

/** Whether it is the beginning of a form where the text was cut, or the end of one where it was cut before. */
function isCutOff(text: string, { start, end }: Range, form: Form, formStart: number): boolean {
  const isBeginning = formStart === 0 && (end === text.length || text[end] === '…' || text[end] === '.');
  const isEnd = formStart + end - start === form.text.length && (start === 0 || /[….]/.test(text[start - 1] ?? ''));
  return isBeginning || isEnd;
}

/** The characters around an encoded secret are what stood around it before it was encoded: a user name, a key. */
function wholeRun(text: string, { start, end }: Range): Range {
  let [first, last] = [start, end];
  while (first > 0 && isEncodedCharacter(text.charCodeAt(first - 1))) first -= 1;
  while (last < text.length && isEncodedCharacter(text.charCodeAt(last))) last += 1;
  return { start: first, end: last };
}

function isEncodedCharacter(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    // + / - _ =
    code === 0x2b ||
    code === 0x2f ||
    code === 0x2d ||
    code === 0x5f ||
    code === 0x3d
  );
}

/** A text as it reads once an escaping is taken off. */
interface View {
  text: string;
  /** Where each character begins and ends in the text as it was given; undefined for that text itself. */
  starts?: Uint32Array;
  ends?: Uint32Array;
}

/** One escaping inside another is looked through, such as a URL in JSON. */
const MAX_DEPTH = 2;

function viewsOf(text: string): View[] {
  const views: View[] = [{ text }];
  let last = views;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    last = last.flatMap(view => escapings.flatMap(escaping => unescaped(view, escaping) ?? []));
    for (const view of last) if (!views.some(other => other.text === view.text)) views.push(view);
  }
  return views;
}

interface Escaping {
  sign: string;
  /** The character that an escape at `at` stands for, and how long the escape is. */
  read(text: string, at: number): { character: string; length: number } | undefined;
}

const escapings: readonly Escaping[] = [
  { sign: '%', read: readPercent },
  { sign: '\\', read: readJson },
  { sign: '&', read: readHtml },
];

function unescaped({ text, starts, ends }: View, { sign, read }: Escaping): View | undefined {
  if (!text.includes(sign)) return undefined;
  const parts: string[] = [];
  const first: number[] = [];
  const last: number[] = [];
  for (let at = 0; at < text.length; ) {
    const found = text[at] === sign ? read(text, at) : undefined;
    const { character, length } = found ?? { character: text[at] ?? '', length: 1 };
    parts.push(character);
    for (let unit = 0; unit < character.length; unit += 1) {
      first.push(starts?.[at] ?? at);
      last.push(ends?.[at + length - 1] ?? at + length);
    }
    at += length;
  }
  return { text: parts.join(''), starts: Uint32Array.from(first), ends: Uint32Array.from(last) };
}

/** https://www.rfc-editor.org/rfc/rfc3986#section-2.1, over UTF-8. */
function readPercent(text: string, at: number) {
  const lead = hexAt(text, at + 1, 2);
  if (lead === undefined) return undefined;
  const count = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const bytes = [lead];
  for (let next = at + 3; bytes.length < count && text[next] === '%'; next += 3) {
    const byte = hexAt(text, next + 1, 2);
    if (byte === undefined) break;
    bytes.push(byte);
  }
  return { character: Buffer.from(bytes).toString('utf8'), length: 3 * bytes.length };
}

const jsonEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** https://www.rfc-editor.org/rfc/rfc8259#section-7 */
function readJson(text: string, at: number) {
  const letter = text[at + 1] ?? '';
  if (letter === 'u') {
    const code = hexAt(text, at + 2, 4);
    return code === undefined ? undefined : { character: String.fromCharCode(code), length: 6 };
  }
  const character = jsonEscapes[letter];
  return character === undefined ? undefined : { character, length: 2 };
}

const htmlNames: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const MAX_ENTITY = 10;

/** The character references that escape what HTML and XML reserve: https://html.spec.whatwg.org/#character-references */
function readHtml(text: string, at: number) {
  const end = text.slice(at, at + MAX_ENTITY).indexOf(';');
  if (end < 0) return undefined;
  const name = text.slice(at + 1, at + end);
  const [, hex, decimal] = /^#(?:[xX]([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name) ?? [];
  const code = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) : undefined;
  const character = code === undefined ? htmlNames[name] : code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
  return character === undefined ? undefined : { character, length: end + 1 };
}

function hexAt(text: string, at: number, digits: number): number | undefined {
  const hex = text.slice(at, at + digits);
  return hex.length === digits && /^[0-9a-fA-F]+$/.test(hex) ? Number.parseInt(hex, 16) : undefined;
}

function without(text: string, ranges: readonly Range[]): string {
  let result = '';
  let from = 0;
  for (const { start, end } of ranges.toSorted((one, other) => one.start - other.start)) {
    if (end <= from) continue;
    // What two forms of a secret share, or what is left of it, is one.
    if (start > from || from === 0) result += `${text.slice(from, Math.max(from, start))}[secret]`;
    from = end;
  }
  return result + text.slice(from);
}
