import { expect, it } from 'vitest';
import { bearerToken, presentedTokens, requireBearerToken } from '../../../shared/caller/bearerToken.ts';

it.each([
  ['Bearer 00DWs000000abcd!AQEAQ.x_y-z', '00DWs000000abcd!AQEAQ.x_y-z'],
  ['bearer   eyJhbGciOi.J9.a-b_c=', 'eyJhbGciOi.J9.a-b_c='],
  ['Bearer', undefined],
  ['Bearer ', undefined],
  ['Bearer one two', undefined],
  ['Bearer one, Bearer two', undefined],
  ['Bearer one,two', undefined],
  ['Basic YW5hOnBhc3M=', undefined],
  ['token', undefined],
  ['', undefined],
  [`Bearer ${'x'.repeat(20_000)}`, undefined],
])('reads of %j the token %j', (authorization, token) => {
  expect(bearerToken(new Headers({ authorization }))).toBe(token);
});

it('knows what is a token, or was meant as one, by where and how it stands', () => {
  const headers = new Headers({
    authorization: 'Basic in-the-wrong-scheme',
    'x-access-token': 'in-a-header',
    'x-note': 'Bearer in-another-header',
    'content-type': 'application/json',
  });
  const query = new URLSearchParams({
    access_token: 'in-the-query',
    pageToken: 'of-this-service',
    term: 'whatever-else',
  });
  expect(presentedTokens({ headers, query }).toSorted()).toEqual(
    ['in-the-wrong-scheme', 'in-a-header', 'in-another-header', 'in-the-query'].toSorted(),
  );
});

it('knows no more than one token can be long of them, and first the one that counts', () => {
  const of = (character: string) => character.repeat(9_000);
  const headers = new Headers({ authorization: `Bearer ${of('b')}`, 'a-token': of('a'), 'z-token': 'short-one' });
  expect(presentedTokens({ headers, query: new URLSearchParams() })).toEqual([of('b'), 'short-one']);
});

it('says to who brings a function key that a key is of no use', () => {
  expect(() => requireBearerToken(new Headers({ 'x-functions-key': 'abc' }), 'Jira')).toThrow(
    /function key is of no use here.*signs in at Jira/,
  );
  expect(() => requireBearerToken(new Headers(), 'Jira')).toThrow(/Sign in at Jira/);
  expect(() =>
    requireBearerToken(new Headers({ 'x-functions-key': 'abc', authorization: 'Bearer a b' }), 'Jira'),
  ).toThrow(/one, as Authorization: Bearer/);
});
