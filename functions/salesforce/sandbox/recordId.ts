const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The 18-character form of a 15-character id. Each of the three characters added encodes which of five are capitals. */
function caseSafeId(id15: string): string {
  const suffix = [0, 5, 10].map(start => {
    const capitals = [...id15.slice(start, start + 5)].map(char => (char >= 'A' && char <= 'Z' ? 1 : 0));
    return alphabet.charAt(capitals.reduce<number>((bits, capital, place) => bits | (capital << place), 0));
  });
  return id15 + suffix.join('');
}

/** The nth id with a key prefix. */
export function recordId(keyPrefix: string, n: number): string {
  let left = n;
  let serial = '';
  do {
    serial = base62.charAt(left % 62) + serial;
    left = Math.floor(left / 62);
  } while (left > 0);
  return caseSafeId(`${keyPrefix}Sx00000${serial.padStart(5, '0')}`);
}

/** The 18-character id; undefined where the length, a character or the suffix is wrong. */
export function parseRecordId(value: string): string | undefined {
  if (!/^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(value)) return undefined;
  const full = caseSafeId(value.slice(0, 15));
  return value.length === 15 || value.slice(15).toUpperCase() === full.slice(15) ? full : undefined;
}
