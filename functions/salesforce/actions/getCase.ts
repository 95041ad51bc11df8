import * as z from 'zod';
import { summary } from '../../../shared/schema/meaning.ts';
import { byClock } from '../../../shared/time/byClock.ts';
import { resolveSince, sinceText } from '../../../shared/time/inputs.ts';
import { counted } from '../api/counted.ts';
import { readCase } from '../api/service/caseDetails.ts';
import { caseDetails } from '../api/service/caseShape.ts';
import { caseId } from '../api/service/inputs.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'getCase',
  toolset: 'salesforce-service',
  access: 'read',
  needs: uses('read Case'),
  title: 'Get a case',
  description:
    'Returns one Salesforce case in full: description, contact, account and its owner, entitlements, milestones with the time left, comments, each public or internal, e-mails and files, newest first. ' +
    'Use it for a known case; the customer must not see what is internal. To find a case use findCases.',
  input: z.object({
    caseId: caseId.describe('The case: its number, such as 00001026, or its ID.'),
    writtenBefore: sinceText
      .optional()
      .describe('Only comments and e-mails from before then, to go on with older ones.'),
  }),
  output: z.object({ summary: summary('One sentence about the state of the case.'), ...caseDetails.shape }),
  // Where some of it is hidden, each object that is reached is described once.
  requests: 60,
  example: { caseId: '00012345' },
  async run({ caseId, writtenBefore }, { salesforce, now }) {
    const clock = { now, timeZone: salesforce.timeZone };
    const before = writtenBefore === undefined ? undefined : await resolveSince(writtenBefore, clock, 'writtenBefore');
    const found = await readCase(salesforce, caseId, { now, before });
    return { summary: summarize(byClock(found, await salesforce.timeZone())), ...found };
  },
});

/** `Case 00012345 of Fabrikam is Working: 3 comments and 2 e-mails. Next is Resolution, due 2026-11-03T08:15:00+01:00 (1d 3h left).` */
function summarize(found: z.input<typeof caseDetails>): string {
  const { caseNumber, caseId, account, status, isEscalated, priority, comments, emails, milestones } = found;
  const isUnflagged = isEscalated === false && /^escalat/i.test(status ?? '');
  const flag = isUnflagged ? 'though its flag Escalated is not set' : isEscalated && 'escalated';
  const state = [status, priority && `priority ${priority}`, flag].filter(Boolean).join(', ');
  const counts = [
    comments && shown(comments.length, ['comment', 'comments']),
    emails && shown(emails.length, ['e-mail', 'e-mails']),
  ].filter(Boolean);
  const next = milestones?.find(({ state }) => state === 'running' || state === 'paused');
  const left =
    next &&
    (next.overdueBy ? `overdue by ${next.overdueBy}` : (next.timeLeft && `${next.timeLeft} left`) || next.state);
  return [
    `Case ${caseNumber ?? caseId}${account ? ` of ${account}` : ''}${state ? ` is ${state}` : ''}`,
    counts.length > 0 ? `: ${counts.join(' and ')}.` : '.',
    next
      ? ` Next milestone: ${[next.name, next.dueAt && `due ${next.dueAt}`].filter(Boolean).join(', ')} (${left}).`
      : '',
  ].join('');
}

const shown = (count: number, noun: readonly [string, string]) =>
  count === 0 ? `no ${noun[1]}` : counted(count, noun);
