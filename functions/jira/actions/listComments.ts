import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { pace } from '../../../shared/pace.ts';
import { key, link } from '../../../shared/schema/meaning.ts';
import { issueKey } from '../api/inputs.ts';
import { notShown } from '../api/issueRow.ts';
import { offsetOf } from '../api/offset.ts';
import { showComments, shownComment } from '../api/shownComment.ts';
import { reads } from '../needs.ts';
import { jira } from '../system.ts';

/** The characters of all Markdown of a page. */
const MAX_MARKDOWN = 262_144;

export default jira.action({
  name: 'listComments',
  toolset: 'jira',
  access: 'read',
  needs: reads(),
  title: 'List the comments of an issue',
  description:
    'Lists the comments of one Jira issue page by page, the newest first unless asked otherwise. ' +
    'Use it for older comments than getIssue shows, or to read a discussion from its beginning.',
  input: z.object({
    issueKey,
    orderBy: z.enum(['newest', 'oldest']).default('newest').describe('Which come first: newest or oldest.'),
  }),
  output: z.object({
    issueKey: key('The key of the issue.'),
    url: link('The address of the issue in the browser.'),
    commentCount: z.int().describe('The number of its comments, without the restricted ones of this page.'),
    comments: z.array(shownComment).describe('The comments.'),
    notShown,
  }),
  example: { issueKey: 'ATLAS-12' },
  paged: true,
  async run({ issueKey, orderBy: order }, { jira, signal, page: { limit, cursor } }) {
    const at = cursor === undefined ? undefined : offsetOf(cursor);
    const { key, items, restricted, all, next } = await jira.listComments(issueKey, { order, at, limit });
    return page({
      items: await showComments(items, { left: MAX_MARKDOWN }, pace(signal)),
      nextCursor: next,
      answer: shown => ({
        issueKey: key,
        url: jira.browseUrl(key),
        commentCount: all - restricted.length,
        comments: shown,
        notShown: restricted.length || undefined,
      }),
    });
  },
});
