import { isUtf8 } from 'node:buffer';

const marks: readonly { charset: string; mark: readonly number[] }[] = [
  { charset: 'utf-8', mark: [0xef, 0xbb, 0xbf] },
  { charset: 'utf-16le', mark: [0xff, 0xfe] },
  { charset: 'utf-16be', mark: [0xfe, 0xff] },
];

/** It has a character for nearly every byte, and the bytes of ISO 8859-1 mean the same in it. */
const LATIN = 'windows-1252';

/**
 * The charset of a text, by the byte order mark at its beginning, what its media type says, or its bytes; as the Encoding
 * Standard names it: https://encoding.spec.whatwg.org/#names-and-labels
 */
export function charsetOf(beginning: Uint8Array, mediaType: string): string {
  const marked = marks.find(({ mark }) => mark.every((byte, at) => beginning[at] === byte));
  if (marked) return marked.charset;
  const declared = charsetNamed(/;\s*charset="?([\w:.-]{1,40})/i.exec(mediaType)?.[1] ?? '');
  return declared && declared !== 'utf-8' ? declared : (withoutMark(beginning) ?? 'utf-8');
}

/** @returns undefined for a charset that nobody here can read */
export function charsetNamed(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

const SEEN = 4_096;

/** UTF-16 has a zero in every second byte of what is mostly Latin. */
function withoutMark(beginning: Uint8Array): string | undefined {
  const seen = beginning.subarray(0, Math.min(SEEN, beginning.length - (beginning.length % 2)));
  const zeros = [0, 0];
  for (const [at, byte] of seen.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const most = Math.max(even, odd);
  if (most === 0 || most < seen.length / 8 || Math.min(even, odd) > most / 8) return undefined;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

/** A piece of a text, and how many bytes of the file it is. */
export interface TextPiece {
  text: string;
  bytes: number;
}

/**
 * A window of a file in pieces of at most `size` bytes. Each ends with a line, a word, or a character at the least; what is
 * left at the end of the window belongs to the next one, where the file goes on behind it.
 */
export function decodeText(
  window: Uint8Array,
  charset: string,
  { isLast, size }: { isLast: boolean; size: number },
): TextPiece[] {
  const pieces: TextPiece[] = [];
  for (let start = 0; start < window.length; start += pieces.at(-1)?.bytes ?? 1) {
    const rest = window.subarray(start, start + size);
    const isEnd = start + rest.length === window.length;
    // Less than a piece is left for the next window, unless there is none.
    if (isEnd && !isLast && pieces.length > 0) break;
    pieces.push(decodePiece(rest, charset, isEnd && isLast));
  }
  return pieces;
}

function decodePiece(window: Uint8Array, charset: string, isLast: boolean): TextPiece {
  const bytes = isLast ? window.length : cutEnd(window, charset);
  const part = window.subarray(0, bytes);
  // What is no UTF-8 tells no charset; and a log may be written by several, each in one of its own.
  const text = charset === 'utf-8' && !isUtf8(part) ? decodeLines(part) : new TextDecoder(charset).decode(part);
  return { text, bytes };
}

/** Each line as UTF-8, or where it is none as Latin. */
function decodeLines(bytes: Uint8Array): string {
  const utf8 = new TextDecoder();
  const latin = new TextDecoder(LATIN);
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const at = bytes.indexOf(LINE, start);
    const line = bytes.subarray(start, at < 0 ? bytes.length : at + 1);
    lines.push(isUtf8(line) ? utf8.decode(line) : latin.decode(line));
    start += line.length;
  }
  return lines.join('');
}

const LINE = 0x0a;
const BLANK = 0x20;
const RETURN = 0x0d;

/** Where to end a window. No charset that is in use has the byte of a line's end inside of another character. */
function cutEnd(window: Uint8Array, charset: string): number {
  const unit = charset.startsWith('utf-16') ? 2 : 1;
  const whole = characterEnd(window, charset);
  for (const sign of [LINE, BLANK]) {
    const end = lastOf(sign, window.subarray(0, whole), charset, unit);
    if (end > window.length / 2) return end;
  }
  // A line's end that is two characters stays whole.
  const endsInReturn = lastOf(RETURN, window.subarray(0, whole), charset, unit) === whole;
  return endsInReturn && whole > unit ? whole - unit : whole;
}

/** Behind the last character of this code; 0 where there is none. */
function lastOf(code: number, window: Uint8Array, charset: string, unit: number): number {
  if (unit === 1) return window.lastIndexOf(code) + 1;
  const [low, high] = charset === 'utf-16le' ? [0, 1] : [1, 0];
  for (let at = window.length - 2; at >= 0; at -= 2) {
    if (window[at + low] === code && window[at + high] === 0) return at + 2;
  }
  return 0;
}

/** The longest character of any charset, less one. */
const MAX_REST = 3;

/** Without the character at its end that is not whole. */
function characterEnd(window: Uint8Array, charset: string): number {
  const { length } = window;
  if (charset.startsWith('utf-16')) {
    const even = length - (length % 2);
    const high = window[even - (charset === 'utf-16le' ? 1 : 2)] ?? 0;
    return high >= 0xd8 && high <= 0xdb && even > 2 ? even - 2 : even;
  }
  if (charset === 'utf-8') {
    for (let back = 1; back <= MAX_REST && back <= length; back += 1) {
      const byte = window[length - back] ?? 0;
      if (byte >= 0xc0) return back < lengthOf(byte) ? length - back : length;
      if (byte < 0x80) break;
    }
    return length;
  }
  for (let back = 0; back <= MAX_REST && back < length; back += 1) {
    try {
      new TextDecoder(charset, { fatal: true }).decode(window.subarray(0, length - back));
      return length - back;
    } catch {
      // One byte less may be a whole number of characters.
    }
  }
  return length;
}

/** How many bytes a character of UTF-8 has that begins with this one. */
function lengthOf(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}

/** A text in pieces of at most `length` characters, which end with a line or a word where one ends in their second half. */
export function piecesOf(text: string, length: number): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; start += pieces.at(-1)?.length ?? 1) {
    pieces.push(pieceAt(text, start, length));
  }
  return pieces;
}

function pieceAt(text: string, start: number, length: number): string {
  const piece = text.slice(start, start + length);
  if (start + piece.length === text.length) return piece;
  for (const sign of ['\n', ' ']) {
    const end = piece.lastIndexOf(sign) + 1;
    if (end > length / 2) return piece.slice(0, end);
  }
  return /[\ud800-\udbff\r]$/.test(piece) && piece.length > 1 ? piece.slice(0, -1) : piece;
}
