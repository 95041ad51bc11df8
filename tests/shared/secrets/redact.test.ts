import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexSecrets, redact } from '../../../shared/secrets/redact.ts';

const token = 'ATATT3xFfGF0+T7/kQz~92_-=AbCdEfGhIjKlMnOp"q&<r>\\s tuvwxyz';
const clean = (text: string, ...secrets: string[]) => redact(text, [indexSecrets(secrets)]);

const percent = (text: string, pattern = /[^A-Za-z0-9]/g) =>
  text.replace(pattern, character => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Ways in which an upstream may repeat what it was sent. */
const forms: [string, (secret: string) => string][] = [
  ['as it is', secret => secret],
  ['in a URL', encodeURIComponent],
  ['in a URL, in lower case', secret => percent(secret)],
  ['in a URL, every character', secret => percent(secret, /./gs)],
  ['in a URL, twice', secret => encodeURIComponent(encodeURIComponent(secret))],
  ['in a form', secret => new URLSearchParams({ client_secret: secret }).toString()],
  ['in JSON', secret => JSON.stringify({ secret })],
  ['in JSON in JSON', secret => JSON.stringify(JSON.stringify({ secret }))],
  ['in JSON with escaped slashes', secret => JSON.stringify(secret).replaceAll('/', '\\/')],
  [
    'in JSON, every character',
    secret => [...secret].map(c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  ],
  ['in JSON, as a URL', secret => JSON.stringify({ url: `https://x.example/?a=${encodeURIComponent(secret)}` })],
  [
    'in HTML',
    secret =>
      secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&#34;').replaceAll('/', '&#x2F;'),
  ],
  ['in base64', base64],
  ['in base64 behind a user name', secret => `Basic ${base64(`agent@example.com:${secret}`)}`],
  ['in base64 behind one more character', secret => base64(`x${secret}y`)],
  ['in base64 behind two more characters', secret => base64(`xx${secret}yy`)],
  ['in base64 of JSON', secret => base64(JSON.stringify({ authorization: secret.replaceAll(/["\\]/g, '') }))],
  ['in base64url', secret => Buffer.from(`abcd${secret}`).toString('base64url')],
  ['in base64 in a URL', secret => encodeURIComponent(base64(secret))],
  ['in base64 of a form', secret => base64(new URLSearchParams({ secret }).toString())],
  ['in hexadecimal', secret => Buffer.from(secret).toString('hex')],
  ['without its end', secret => secret.slice(0, -7)],
  ['without its beginning', secret => secret.slice(7)],
  ['on two lines', secret => `${secret.slice(0, 30)}\n${secret.slice(30)}`],
];

/** What is of use of a secret: any twelve characters in a row. */
const partsOf = (text: string) =>
  Array.from({ length: Math.max(0, text.length - 11) }, (_, at) => text.slice(at, at + 12));

describe('a secret is taken out of a text', () => {
  it.each(forms)('%s', (_, form) => {
    const encoded = form(token);
    const text = clean(`The header ${encoded} is not valid.`, token);
    expect(text).toMatch(/^The header .*\[secret\].* is not valid\.$/s);
    const others = form('\u007f'.repeat(token.length));
    expect(partsOf(encoded).filter(part => text.includes(part) && !others.includes(part))).toEqual([]);
  });

  it('wherever it stands, and together with others', () => {
    expect(clean(`${token}${token} and ${token}`, token)).toBe('[secret] and [secret]');
    expect(clean('one-secret-1 two-secret-2', 'one-secret-1', 'two-secret-2')).toBe('[secret] [secret]');
  });

  it('where the text was cut in the middle of it', () => {
    expect(clean(`It was ${token.slice(0, 11)}…`, token)).toBe('It was [secret]…');
    expect(clean(`It was ${token.slice(0, 11)}`, token)).toBe('It was [secret]');
  });

  it('and the JSON that it stood in is JSON afterwards', () => {
    const text = JSON.stringify({ errorMessages: [`Bad: ${token}`, base64(`a:${token}`)], status: 400 });
    expect(JSON.parse(clean(text, token))).toEqual({ errorMessages: ['Bad: [secret]', '[secret]'], status: 400 });
  });

  it('of any form, in base64 at any place', () => {
    const secret = fc.string({ minLength: 16, maxLength: 80, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (secret, before, behind) => {
        const text = clean(`<${base64(before + secret + behind)}>`, secret);
        expect(text).toBe('<[secret]>');
      }),
    );
  });
});

describe('what is no secret stays', () => {
  it.each([
    ['The project ABC does not exist.', 'ABC'],
    ['No values are allowed.', ''],
    ['Bearer is no scheme of ours.', 'a'],
    ['The field id is required. It must be a number: 100% of them, \\ and &amp; too.', token],
    [token.slice(3, 12), token],
  ])('%s', (text, secret) => {
    expect(clean(text, secret)).toBe(text);
  });

  it('in any text that has no piece of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
        expect(clean(text, token)).toBe(text);
      }),
    );
  });
});
