import * as z from 'zod';
import { addComment } from '../changes.ts';
import { checkedComment } from '../checkedComment.ts';
import { JiraError } from '../jiraError.ts';
import { showComment } from '../represent.ts';
import { act, issueInPath, parseBody, type Route, route } from '../router.ts';

export const commentRoutes: Route[] = [
  route('POST', 'issue/{issueIdOrKey}/comment', call => {
    const issue = issueInPath(call);
    if (issue.frozen) throw new JiraError(403, 'You do not have permission to comment on this issue.');
    const { body } = parseBody(call, z.looseObject({ body: z.unknown() }));
    const comment = addComment(call.site, issue, checkedComment(body), act(call));
    return { status: 201, json: showComment(call, issue, comment) };
  }),
];
