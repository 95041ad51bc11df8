/** What a text in base64 holds, or what is wrong with it, in a sentence about "It". */
export type Decoded = { bytes: Uint8Array<ArrayBuffer> } | { problem: string };

/**
 * Decodes base64 in either alphabet, with or without padding, in lines, and behind the head of a `data:` URL. Anything
 * else is refused rather than read around, because what was cut off or mangled on its way would be kept as a broken file.
 * https://www.rfc-editor.org/rfc/rfc4648
 */
export function decodeBase64(text: string): Decoded {
  const given = text.trim();
  if (!/^data:/i.test(given)) return decode(given);
  const comma = given.indexOf(',');
  const head = given.slice(0, Math.max(0, comma));
  if (comma < 0 || !/;\s*base64\s*$/i.test(head)) return { problem: 'It is a data: URL that is not in base64.' };
  return decode(given.slice(comma + 1));
}

function decode(text: string): Decoded {
  const digits = text.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
  const end = digits.indexOf('=');
  const data = end < 0 ? digits : digits.slice(0, end);
  const padding = digits.length - data.length;
  if (data === '') return { problem: 'It is empty.' };
  const stray = /[^A-Za-z0-9+/]/.exec(data);
  if (stray) return { problem: `It is not base64: character ${stray.index + 1} belongs to no base64.` };
  if (end >= 0 && !/^=+$/.test(digits.slice(end))) return { problem: 'It goes on behind its end, which = marks.' };
  const bytes = Buffer.from(data, 'base64');
  // The last digits must tell whole bytes, and no bit more.
  const isWhole = data.length % 4 !== 1 && bytes.toString('base64').replace(/={1,2}$/, '') === data;
  if (!isWhole) return { problem: 'It is cut off or damaged: its last characters are no whole byte.' };
  if (padding > 0 && (data.length + padding) % 4 !== 0) {
    return { problem: `It ends with ${padding} =, which does not fit what is before: it is cut off or damaged.` };
  }
  return { bytes: new Uint8Array(bytes) };
}
