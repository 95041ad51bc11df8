import { Failure, type FailureCode, type FailureOptions } from '../failure.ts';

interface Refused {
  /** The name of the upstream for people. */
  title: string;
  /** What was asked for: "Jira issue ABC-12"; undefined where it is nothing that could be missing, as a list is not. */
  thing: string | undefined;
  /** The upstream's own sentences; empty where it gave none. */
  said: string;
  /** False where the answer has not the form of the upstream's, so that it may come from something else at its address. */
  isOwn?: boolean;
  /** The setting that the address comes from. */
  address?: string | undefined;
}

interface Meaning {
  code: FailureCode;
  /** What is so, and what to do. */
  sentence(refused: Refused): string;
  options?: FailureOptions;
}

/** Nothing that a caller can change: this service asked in a way that the upstream does not know, or no longer. */
function notTaken(what: string): Meaning {
  return {
    code: 'upstream_error',
    sentence: ({ title }) =>
      `${title} ${what}. Another input will not help: tell the administrator of this service, which may have to be updated.`,
    options: { retryable: false, nothingDone: true },
  };
}

const changedMeanwhile: Meaning = {
  code: 'conflict',
  sentence: ({ title }) =>
    `${title} refused it because something has changed in the meantime. Read it again before you try again.`,
};

/** https://www.rfc-editor.org/rfc/rfc9110#section-15.5 and https://www.rfc-editor.org/rfc/rfc6585 */
const meanings: ReadonlyMap<number, Meaning> = new Map([
  [
    402,
    {
      code: 'forbidden',
      sentence: ({ title }) => `${title} wants to be paid for that. Its administrator must see to it.`,
    },
  ],
  [403, { code: 'forbidden', sentence: ({ title }) => `${title} does not let this service do that.` }],
  [404, { code: 'not_found', sentence: ({ thing }) => `There is no ${thing} that this service may see.` }],
  [405, notTaken('does not take this kind of request')],
  [406, notTaken('does not answer in a form that this service reads')],
  [409, changedMeanwhile],
  [410, notTaken('no longer offers what this service asked for')],
  [411, notTaken('wants to know the length of what this service sent')],
  [412, changedMeanwhile],
  [413, { code: 'invalid_input', sentence: ({ title }) => `${title} refused it because it is too large. Send less.` }],
  [
    414,
    {
      code: 'invalid_input',
      sentence: ({ title }) =>
        `${title} refused it because what was asked for is too long. Ask for fewer things at a time, or in fewer words.`,
    },
  ],
  [415, notTaken('does not take what this service sends in this form')],
  [416, notTaken('does not have the part that this service asked for')],
  [417, notTaken('does not meet what this service expects of it')],
  [421, notTaken('does not answer at this address')],
  [
    423,
    {
      code: 'conflict',
      sentence: ({ title }) => `It is locked in ${title}, so nothing was changed. Try again in a minute.`,
      options: { retryable: true, retryAfterSeconds: 60 },
    },
  ],
  [
    424,
    { code: 'conflict', sentence: ({ title }) => `${title} refused it because something that it depends on failed.` },
  ],
  [426, notTaken('wants to be asked by another protocol')],
  [428, notTaken('wants a condition that this service does not set')],
  [431, notTaken('finds what this service says of itself too long')],
  [
    451,
    {
      code: 'forbidden',
      sentence: ({ title }) =>
        `${title} keeps it closed for legal reasons. Say so to the user; trying again will not help.`,
    },
  ],
]);

/** A 404 that is not about what was asked for: what asks is told that the thing may well be there. */
const notThere: Meaning = {
  code: 'misconfigured',
  sentence: ({ title, address }) =>
    `${title} is not at the address in ${address ?? "this service's settings"} (status 404), so nothing is known of what was asked for: the address is wrong or has a path too many, or what was there is suspended, renamed or gone. An administrator must check it.`,
  options: { nothingDone: true },
};

/** The statuses with which an upstream judges what was asked for, and not how. */
const judgements = new Set([400, 422]);

/**
 * What a refusal means, an answer of 400 to 499, where the upstream's own words do not tell. What it said is told behind it.
 * 401, 408, 425 and 429 are the transport's, and 407 Node takes for a connection that broke.
 */
export function refusal(status: number, refused: Refused): Failure {
  const { title, said, thing, isOwn = true } = refused;
  const because = said && ` ${title} says: ${said}`;
  const known = status === 404 && (thing === undefined || !isOwn) ? notThere : meanings.get(status);
  const cause = new Error(`status ${status}`);
  if (known) return new Failure(known.code, known.sentence(refused) + because, { cause, ...known.options });
  if (said) return new Failure('invalid_input', `${title} refused it: ${said}`, { cause });
  if (judgements.has(status)) {
    return new Failure('invalid_input', `${title} refused it (status ${status}). Check the inputs.`, { cause });
  }
  const { code, sentence, options } = notTaken(`refused it with status ${status}, which says nothing more`);
  return new Failure(code, sentence(refused), { cause, ...options });
}
