import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import { refusal } from '../../../shared/upstream/refusal.ts';

/** The schema Error of openapi.json. */
const refusalBody = z.object({
  code: z.string(),
  message: z.string().transform(message => message.slice(0, 300).toWellFormed()),
  field: z.string().nullish(),
});

/** What an input is called here, where the API calls it something else. */
const inputNames: ReadonlyMap<string, string> = new Map(Object.entries({ text: 'comment', resolution: 'comment' }));

/** What a refusal means to the caller. Its own sentence is told, its whole answer never. */
export function answerFailure({ status, body }: UpstreamAnswer): Failure {
  const { data } = refusalBody.safeParse(parseJson(body));
  const because = data ? ` Helpdesk says: ${data.message}` : '';
  switch (status) {
    case 404:
      return new Failure(
        'not_found',
        `There is no such ticket that this service may see. Find it with findTickets.${because}`,
      );
    case 409:
      return new Failure('conflict', `Nothing was changed. Look at the ticket with getTicket, then decide.${because}`);
    case 400:
    case 422:
      return invalidInput([
        {
          field: data?.field ? (inputNames.get(data.field) ?? data.field) : '',
          message: data ? `Helpdesk refused it: ${data.message}` : `Helpdesk refused it (status ${status}).`,
        },
      ]);
    default:
      return refusal(status, { title: 'Helpdesk', thing: 'such ticket', said: data?.message ?? '' });
  }
}

/** An answer that is not what the document says. Of a write it is not known whether it was made: callers are told so. */
export function unreadable(title: string, cause?: unknown): Failure {
  return new Failure('upstream_error', `${title} answered with something unreadable. Try again in a minute.`, {
    cause,
  });
}
