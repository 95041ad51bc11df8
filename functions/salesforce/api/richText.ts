import { Tokenizer } from 'htmlparser2';

/** A rich text field holds at most 131,072 characters; what is longer is not read. */
const MAX_HTML = 200_000;

const headings = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const paragraphs = new Set(['p', 'div', 'table', 'ul', 'ol', 'pre', 'blockquote', 'section', 'article', ...headings]);
const bold = new Set(['b', 'strong']);
const italic = new Set(['i', 'em']);
const marks = { bold: '**', italic: '_' };
/** What is in these is nothing that people read. */
const unread = new Set(['script', 'style', 'head', 'title', 'template', 'noscript']);

interface List {
  /** The number of the next item; undefined where items have none. */
  next: number | undefined;
}

/**
 * The text of a rich text field, or of a formula that makes a link or an image, in Markdown. Takes time in proportion to
 * its length.
 */
export function htmlToMarkdown(html: string): string {
  const text = html.slice(0, MAX_HTML);
  const writer = markdownWriter();
  let name = '';
  let attributes = new Map<string, string>();
  let attribute = '';
  let value = '';
  const opened = () => {
    writer.open(name, attributes);
    attributes = new Map();
  };
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname(start, end) {
        name = text.slice(start, end).toLowerCase();
      },
      onattribname(start, end) {
        attribute = text.slice(start, end).toLowerCase();
        value = '';
      },
      onattribdata(start, end) {
        value += text.slice(start, end);
      },
      onattribentity(code) {
        value += String.fromCodePoint(code);
      },
      onattribend() {
        attributes.set(attribute, value);
      },
      onopentagend: opened,
      onselfclosingtag: opened,
      onclosetag: (start, end) => writer.close(text.slice(start, end).toLowerCase()),
      ontext: (start, end) => writer.text(text.slice(start, end)),
      ontextentity: code => writer.text(String.fromCodePoint(code)),
      oncdata() {},
      oncomment() {},
      ondeclaration() {},
      onprocessinginstruction() {},
      onend() {},
    },
  );
  tokenizer.write(text);
  tokenizer.end();
  return writer.end();
}

/** Writes the Markdown of tags, which need not be well nested. */
function markdownWriter() {
  const out = new Written();
  const lists: List[] = [];
  const links: { href: string | undefined; at: number }[] = [];
  /** How many tags of a kind are open. */
  const depth = { unread: 0, pre: 0, bold: 0, italic: 0 };

  const breakAround = (name: string) => {
    if (!paragraphs.has(name) || (name === 'p' && lists.length > 0)) return;
    out.breakLine(lists.length > 0 ? 1 : 2);
  };
  // A mark in a mark of its own kind would end it.
  const openMark = (kind: 'bold' | 'italic') => {
    depth[kind] += 1;
    if (depth[kind] === 1) out.open(marks[kind]);
  };
  const closeMark = (kind: 'bold' | 'italic') => {
    if (depth[kind] === 0) return;
    depth[kind] -= 1;
    if (depth[kind] === 0) out.close(marks[kind]);
  };
  const closeLink = () => {
    const link = links.pop();
    if (link?.href) out.linkSince(link.at, link.href);
  };

  return {
    open(name: string, attributes: ReadonlyMap<string, string>) {
      if (unread.has(name)) depth.unread += 1;
      if (depth.unread > 0) return;
      breakAround(name);
      if (headings.has(name)) out.add(`${'#'.repeat(Number(name.slice(1)))} `);
      if (name === 'pre') depth.pre += 1;
      if (name === 'ul' || name === 'ol') lists.push({ next: name === 'ol' ? 1 : undefined });
      if (name === 'li') {
        out.breakLine(1);
        out.add(`${'  '.repeat(Math.min(9, Math.max(0, lists.length - 1)))}${bullet(lists.at(-1))} `);
      }
      if (name === 'br') out.breakLine(1, true);
      if (name === 'hr') out.breakLine(2);
      if (name === 'tr') out.breakLine(1);
      if (name === 'td' || name === 'th') out.addBetween(' | ');
      if (bold.has(name)) openMark('bold');
      if (italic.has(name)) openMark('italic');
      // A link in a link is none, and making it one would take long.
      if (name === 'a') {
        links.push({ href: links.length === 0 ? webAddress(attributes.get('href')) : undefined, at: out.length });
      }
      if (name === 'img') out.addText(attributes.get('alt') ?? '');
    },
    text(text: string) {
      if (depth.unread === 0) out.addText(text, depth.pre > 0);
    },
    close(name: string) {
      if (unread.has(name)) depth.unread = Math.max(0, depth.unread - 1);
      if (depth.unread > 0) return;
      if (bold.has(name)) closeMark('bold');
      if (italic.has(name)) closeMark('italic');
      if (name === 'a') closeLink();
      if (name === 'pre') depth.pre = Math.max(0, depth.pre - 1);
      if (name === 'ul' || name === 'ol') lists.pop();
      breakAround(name);
    },
    end(): string {
      while (links.length > 0) closeLink();
      depth.bold = Math.min(1, depth.bold);
      depth.italic = Math.min(1, depth.italic);
      closeMark('italic');
      closeMark('bold');
      return out.text();
    },
  };
}

function bullet(list: List | undefined): string {
  if (list?.next === undefined) return '-';
  const number = list.next;
  list.next = number + 1;
  return `${number}.`;
}

/** Only what a person may open: no script, no data. */
function webAddress(href: string | undefined): string | undefined {
  const address = href?.trim().replaceAll(' ', '%20');
  return address && /^(https?:|mailto:|tel:|\/)/i.test(address) ? address : undefined;
}

/** What is written so far. Breaks and marks are written when text follows them. */
class Written {
  #parts: string[] = [];
  #breaks = 0;
  #opened: string[] = [];
  /** Whether the last character is a blank or the start of a line. */
  #isBlank = true;
  /** Whether nothing but what begins a line, such as a bullet, stands in it. */
  #isLineStart = true;

  get length(): number {
    return this.#parts.length;
  }

  /** Ends the line; `isKept` where a blank line is meant. */
  breakLine(lines: number, isKept = false): void {
    if (this.#parts.length === 0) return;
    this.#breaks = isKept ? Math.min(2, this.#breaks + lines) : Math.max(this.#breaks, lines);
  }

  /** Text that begins a line: a bullet, the sign of a heading. */
  add(text: string): void {
    this.#flush();
    this.#parts.push(text);
    this.#isBlank = true;
    this.#isLineStart = true;
  }

  addBetween(text: string): void {
    if (this.#breaks > 0 || this.#isLineStart) return;
    this.#parts.push(text);
    this.#isBlank = true;
  }

  addText(text: string, isPreformatted = false): void {
    const shown = isPreformatted ? text : text.replace(/[\s\u00a0]+/g, ' ');
    const isAtBlank = this.#isBlank || this.#breaks > 0;
    const rest = isAtBlank && !isPreformatted ? shown.trimStart() : shown;
    if (rest === '') return;
    if (rest === ' ') {
      if (!this.#isBlank) this.#parts.push(' ');
      this.#isBlank = true;
      return;
    }
    this.#flush();
    const [lead = ''] = /^\s*/.exec(rest) ?? [];
    this.#parts.push(lead, ...this.#opened.splice(0), rest.slice(lead.length));
    this.#isBlank = /\s$/.test(rest);
    this.#isLineStart = false;
  }

  open(mark: string): void {
    this.#opened.push(mark);
  }

  close(mark: string): void {
    const at = this.#opened.lastIndexOf(mark);
    // Nothing was in it.
    if (at >= 0) {
      this.#opened.splice(at, 1);
      return;
    }
    const last = this.#parts.pop() ?? '';
    const text = last.trimEnd();
    this.#parts.push(text, mark, last.slice(text.length));
  }

  linkSince(at: number, address: string): void {
    const label = this.#parts.splice(at).join('');
    const text = label.trim();
    this.#parts.push(text === '' || text === address ? address : `[${text}](${address})`);
    this.#isBlank = false;
    this.#isLineStart = false;
  }

  text(): string {
    return this.#parts
      .join('')
      .split('\n')
      .map(line => line.trimEnd())
      .join('\n')
      .trim();
  }

  #flush(): void {
    if (this.#breaks === 0) return;
    this.#parts.push('\n'.repeat(this.#breaks));
    this.#breaks = 0;
    this.#isBlank = true;
  }
}
