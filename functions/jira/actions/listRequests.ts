import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { anyName } from '../../../shared/filter/inputs.ts';
import { heading, key } from '../../../shared/schema/meaning.ts';
import { resolveSince, sinceText } from '../../../shared/time/inputs.ts';
import { nameText } from '../api/inputs.ts';
import { deskName, requestTypeName, spanAhead } from '../api/serviceDesk/inputs.ts';
import { listRequests } from '../api/serviceDesk/requestList.ts';
import { requestRow, toRequestRow } from '../api/serviceDesk/requestRow.ts';
import { readsDesks, whereNamed } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'listRequests',
  toolset: 'jira-service',
  access: 'read',
  needs: readsDesks(whereNamed),
  title: 'List the requests of a service desk',
  description:
    'Lists requests of a Jira service desk, of a queue or by filters, with status, people and SLAs with the time left, or when and by how much they were missed; the open ones unless told. ' +
    "Use it for an agent's queue, what is unassigned, what breaches its SLA soon or did this week, or what waits for approval. For one request use getRequest.",
  input: z.object({
    projectId: deskName.optional(),
    queue: nameText.optional().describe('The name of a queue, such as Unassigned requests.'),
    status: anyName.optional().describe('One status or several, separated by commas.'),
    assignee: anyName.optional().meta({
      description: 'Names or e-mail addresses, separated by commas; me for the user who asks, none for unassigned.',
      mayMatchSeveral: true,
    }),
    requestType: requestTypeName.optional(),
    breachingWithin: spanAhead
      .optional()
      .describe('Whose SLA will be missed within this span from now, such as 2h or 30m.'),
    breached: z
      .boolean()
      .optional()
      .describe('True for those whose SLA is missed, of open ones unless openOnly is false.'),
    breachedSince: sinceText
      .optional()
      .describe(
        'Whose SLA was missed since a day, a date-time, or a span back such as 7d, open or done; the last first.',
      ),
    sla: nameText.optional().describe('The SLA that is meant, such as Time to resolution; any unless given.'),
    waitingForApproval: z.boolean().optional().describe('True for those that wait for an approval.'),
    openOnly: z.boolean().optional().describe('False to have those that are done, too. A queue decides it itself.'),
    orderBy: z
      .enum(['oldest', 'newest', 'updated', 'priority', 'timeLeft'])
      .optional()
      .describe('Which come first; timeLeft for those whose SLA ends first.'),
  }),
  output: z.object({
    desk: heading('The name of the service desk.'),
    projectKey: key('The key of its project.'),
    requests: z.array(requestRow).describe('The requests.'),
    note: z.string().optional().describe('What the list may lack.'),
  }),
  example: { projectId: 'HELP', assignee: 'none', orderBy: 'oldest' },
  paged: true,
  // Desks, fields, queues and people, and five pages where they are sorted by the time left.
  requests: 60,
  async run({ projectId, orderBy: order, breachedSince, ...others }, { jira, now, page: { limit, cursor } }) {
    const clock = { now, timeZone: jira.timeZone };
    const since = breachedSince === undefined ? undefined : await resolveSince(breachedSince, clock, 'breachedSince');
    const filters = { ...others, breachedSince: since };
    const found = await listRequests(jira, projectId, filters, { order, limit, cursor, now });
    const { desk, fields, requests, nextCursor, cursorAfter, note } = found;
    return page({
      items: requests.map(({ issue, slas }) => toRequestRow(issue, fields, slas, jira.browseUrl)),
      nextCursor,
      ...(cursorAfter && { cursorAfter }),
      answer: shown => ({ desk: desk.name, projectKey: desk.projectKey, requests: shown, note }),
    });
  },
});
