import { isUtf8 } from 'node:buffer';

/** `windows-1252` is what is read where nothing tells the charset: it has a character for nearly every byte. */
const charsets = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Charset = (typeof charsets)[number];

export function isCharset(name: string): name is Charset {
  return charsets.some(charset => charset === name);
}

const marks: readonly { charset: Charset; mark: readonly number[] }[] = [
  { charset: 'utf-8', mark: [0xef, 0xbb, 0xbf] },
  { charset: 'utf-16le', mark: [0xff, 0xfe] },
  { charset: 'utf-16be', mark: [0xfe, 0xff] },
];

/** The charset of a text, by its beginning, and how many bytes the mark takes that tells it. */
export function charsetOf(beginning: Uint8Array): { charset: Charset; markBytes: number } {
  const marked = marks.find(({ mark }) => mark.every((byte, at) => beginning[at] === byte));
  if (marked) return { charset: marked.charset, markBytes: marked.mark.length };
  return { charset: isUtf8(wholeCharacters(beginning)) ? 'utf-8' : 'windows-1252', markBytes: 0 };
}

/** A piece of a text, and the bytes that it was written with. */
export interface TextPiece {
  text: string;
  bytes: number;
}

/**
 * A window of a text in pieces of at most `length` characters, which end with a line where one ends. What is left of a
 * character at the end of the window is left to the next one, unless the text ends there.
 */
export function decodeText(
  window: Uint8Array,
  charset: Charset,
  { isLast, length }: { isLast: boolean; length: number },
): TextPiece[] {
  const text = new TextDecoder(charset, { ignoreBOM: true }).decode(window, { stream: !isLast });
  const size = (piece: string) => (charset === 'utf-8' ? Buffer.byteLength(piece) : piece.length * unit(charset));
  const pieces: TextPiece[] = [];
  let start = 0;
  while (start < text.length) {
    const piece = pieceAt(text, start, length);
    pieces.push({ text: piece, bytes: size(piece) });
    start += piece.length;
  }
  return pieces;
}

/** A text in pieces of at most `length` characters. */
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
  const line = piece.lastIndexOf('\n') + 1;
  if (line > 0) return piece.slice(0, line);
  return /[\ud800-\udbff]$/.test(piece) && piece.length > 1 ? piece.slice(0, -1) : piece;
}

function unit(charset: Charset): number {
  return charset.startsWith('utf-16') ? 2 : 1;
}

/** UTF-8 without the character at its end that is not whole. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back);
    if (byte < 0x80) break;
  }
  return bytes;
}
