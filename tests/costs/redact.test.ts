import { expect, it } from 'vitest';
import { indexSecrets, redact } from '../../shared/secrets/redact.ts';
import { cpuTime } from '../support/cpuTime.ts';

const token = 'ATATT3xFfGF0+T7/kQz~92_-=AbCdEfGhIjKlMnOp"q&<r>\\s tuvwxyz';
const index = indexSecrets([token, 'A'.repeat(100), 'short-one']);

it.each([
  ['the beginning of a secret in base64', Buffer.from(token).toString('base64').slice(0, 15)],
  ['escapes of a URL', '%41'],
  ['escapes within escapes', '\\\\%25&amp;'],
  ['the letters of a secret', 'A'],
  ['the beginning of a secret', token.slice(0, 9)],
])(
  'looking for secrets takes time in proportion to a text of %s',
  (_, part) => {
    const costOf = (length: number) => {
      const text = part.repeat(length / part.length);
      return cpuTime(() => void redact(text, [index]));
    };
    costOf(64_000);
    // Eight times the text: a quadratic search would take sixty-four times as long.
    expect(costOf(512_000) / costOf(64_000)).toBeLessThan(32);
  },
  60_000,
);
