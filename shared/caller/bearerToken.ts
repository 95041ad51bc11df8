import { Failure } from '../failure.ts';

/** Longer than any vendor's, and less than what a request's headers may be together. */
const MAX_TOKEN = 16_384;

/** One token, of characters that a header may hold: what several headers are joined by is none of them. */
const form = /^bearer +([!-+\--~]+)$/i;

/**
 * The token in `Authorization: Bearer`: https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 * @returns undefined where there is no such header, or it is of another kind or has several tokens
 */
export function bearerToken(headers: Headers): string | undefined {
  const value = headers.get('authorization')?.trim() ?? '';
  return value.length > MAX_TOKEN ? undefined : form.exec(value)?.[1];
}

/** Headers and query parameters in which people put a token that belongs in `Authorization`, but for this service's own. */
const misplacing = /^(?!pagetoken$|confirmationtoken$).*(token|authori[sz]ation|bearer|jwt|assertion)/i;

/**
 * Whatever in a request is a token, or was meant as one, so that nothing that is told repeats it: also one that is of the
 * wrong kind, or in the wrong place. To look for them takes time by their length, and anybody can send them: together they
 * are no longer than one may be.
 */
export function presentedTokens({ headers, query }: { headers: Headers; query: URLSearchParams }): string[] {
  const first = ['authorization', headers.get('authorization') ?? ''] as const;
  const places = [first, ...headers, ...query].filter(
    ([name, value]) => misplacing.test(name) || /^bearer /i.test(value),
  );
  const tokens = places.flatMap(([, value]) => value.split(/[\s,]+/));
  let left = MAX_TOKEN;
  return [...new Set(tokens)]
    .filter(token => {
      const isTaken = token.length >= MIN_TOKEN && token.length <= left;
      if (isTaken) left -= token.length;
      return isTaken;
    })
    .slice(0, MAX_TOKENS);
}

/** What is shorter is a word, such as `Bearer`. */
const MIN_TOKEN = 8;
const MAX_TOKENS = 8;

/** @throws Failure `unauthenticated` */
export function requireBearerToken(headers: Headers, title: string): string {
  const token = bearerToken(headers);
  if (token !== undefined) return token;
  const isKey = headers.has('x-functions-key');
  throw new Failure(
    'unauthenticated',
    isKey && !headers.has('authorization')
      ? `A function key is of no use here: each user signs in at ${title}. Send the access token that ${title} gave the user, as Authorization: Bearer.`
      : `Sign in at ${title}: this takes the access token that ${title} gave the user, one, as Authorization: Bearer, and in no other place.`,
  );
}
