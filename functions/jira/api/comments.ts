import { addComment } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { adfToWiki } from './adf/adfToWiki.ts';
import type { Audience } from './inputs.ts';
import { audienceOf, type Issue } from './issue.ts';
import { parseAnswer } from './parseAnswer.ts';
import type { People } from './people.ts';
import { toRichText } from './richText.ts';
import { writtenCommentSchema } from './wire.ts';

export interface WrittenComment {
  id: string;
  /** What Jira made of it; undefined outside of service projects, and where Jira did not tell. */
  audience: Audience | undefined;
  /** What the user should know about it, in sentences. */
  notes: string[];
}

interface CommentParts {
  client: Client;
  people: People;
  /** A client whose requests end soon, for a look at what was written. */
  readBackClient(): Client;
}

/** Writes comments, in service projects by the service desk's own route, which alone takes who may read them. */
export function openComments({ client, people, readBackClient }: CommentParts) {
  return {
    /** @throws Failure `invalid_input` where the audience is missing, or means nothing */
    checkAudience({ key, isInServiceProject }: Issue, audience: Audience | undefined): void {
      if (isInServiceProject && audience === undefined) {
        const message = `${key} is in a service project, so say who reads the comment: public is read by the customer and everybody the request is shared with, internal only by the agents of the project. Ask the user if it is not clear.`;
        throw invalidInput([{ field: 'audience', message }]);
      }
      if (!isInServiceProject && audience === 'internal') {
        const message = `${key} is not in a service project, where alone comments can be internal: everybody who sees the issue would read it. Nothing was written.`;
        throw invalidInput([{ field: 'audience', message }]);
      }
    },

    async add({ key, isInServiceProject }: Issue, markdown: string, audience: Audience | undefined) {
      const body = await toRichText(markdown, people);
      if (!isInServiceProject) {
        const { id } = parseAnswer(writtenCommentSchema, await addComment(client, { issueIdOrKey: key, body }));
        return { id, audience: undefined, notes: [] } satisfies WrittenComment;
      }
      const answer = await client
        .sendRequest<unknown>({
          url: `/rest/servicedeskapi/request/${key}/comment`,
          method: 'POST',
          body: { body: adfToWiki(body), public: audience === 'public' },
        })
        .catch(error => {
          throw error instanceof Failure && error.code === 'not_found' ? noRequest(key, error) : error;
        });
      const { id } = parseAnswer(writtenCommentSchema, answer);
      return checked(id, audience, await readAudience(key, id));
    },
  };

  /** What Jira made of a comment; undefined where that cannot be read. It never throws: the comment is written. */
  async function readAudience(key: string, id: string): Promise<Audience | undefined> {
    try {
      const url = `/rest/api/3/issue/${key}/comment/${id}`;
      const answer = await readBackClient().sendRequest<unknown>({ url, method: 'GET' });
      return audienceOf(parseAnswer(writtenCommentSchema, answer).jsdPublic, true);
    } catch {
      return undefined;
    }
  }
}

function checked(id: string, wanted: Audience | undefined, audience: Audience | undefined): WrittenComment {
  if (audience === wanted) return { id, audience, notes: [] };
  const told =
    audience === undefined
      ? `The comment was added as ${wanted}, but Jira did not confirm who can read it. Check it with getIssue.`
      : `Jira made the comment ${audience}, not ${wanted}${audience === 'public' ? ': the customer can read it' : ''}. Tell the user at once.`;
  return { id, audience, notes: [told] };
}

function noRequest(key: string, cause: Failure): Failure {
  const message = `${key} is in a service project, but Jira knows no customer request of that key, or this service's account is no agent there. Nothing was written.`;
  return new Failure('not_found', message, { cause });
}
