import * as z from 'zod';
import type { SandboxReply } from '../../../../shared/sandbox/sandboxServer.ts';
import { isDocument } from '../adf.ts';
import { addWorklog } from '../changes.ts';
import { parseDuration, workingTime } from '../estimates.ts';
import { badFields, badRequest } from '../jiraError.ts';
import type { Instant } from '../model.ts';
import { showWorklog } from '../represent.ts';
import { restrictionFor, shownWorklogs, visibilityBody } from '../rights.ts';
import {
  act,
  type Call,
  changeableIssueInPath,
  integer,
  issueInPath,
  may,
  parseBody,
  type Route,
  route,
} from '../router.ts';

export const worklogRoutes: Route[] = [
  route('POST', 'issue/{issueIdOrKey}/worklog', logWork),
  route('GET', 'issue/{issueIdOrKey}/worklog', listWorklogs),
  route('GET', 'configuration', () => ({
    json: {
      timeTrackingEnabled: true,
      timeTrackingConfiguration: {
        workingHoursPerDay: workingTime.hoursPerDay,
        workingDaysPerWeek: workingTime.daysPerWeek,
        timeFormat: 'pretty',
        defaultUnit: 'minute',
      },
    },
  })),
];

const MAX_WORKLOGS = 5000;

/** In the order in which they were made. */
function listWorklogs(call: Call): SandboxReply {
  const issue = issueInPath(call);
  const startAt = integer(call, 'startAt', 0);
  const maxResults = integer(call, 'maxResults', MAX_WORKLOGS, MAX_WORKLOGS);
  const after = integer(call, 'startedAfter', 0);
  const before = integer(call, 'startedBefore', Number.MAX_SAFE_INTEGER);
  const all = shownWorklogs(call.site, issue).filter(({ started }) => started >= after && started < before);
  const worklogs = all.slice(startAt, startAt + maxResults).map(worklog => showWorklog(call, issue, worklog));
  return { json: { startAt, maxResults, total: all.length, worklogs } };
}

const worklogBody = z.looseObject({
  timeSpent: z.string().optional(),
  timeSpentSeconds: z.number().int().optional(),
  started: z.string().optional(),
  comment: z.unknown().optional(),
  visibility: visibilityBody,
});

function logWork(call: Call): SandboxReply {
  const issue = changeableIssueInPath(call, 'BROWSE_PROJECTS');
  if (!may(call, 'WORK_ON_ISSUES', issue)) {
    throw badRequest('You do not have the permission to associate a worklog to this issue.');
  }
  const body = parseBody(call, worklogBody);
  const seconds = body.timeSpentSeconds ?? (body.timeSpent === undefined ? undefined : parseDuration(body.timeSpent));
  if (seconds === undefined) {
    throw badFields({
      timeLogged: body.timeSpent ? 'Invalid time duration entered.' : 'You must indicate the time spent working.',
    });
  }
  if (seconds < 60) throw badFields({ timeLogged: 'Time Spent can not be less than a minute.' });
  if (body.comment !== undefined && !isDocument(body.comment))
    throw badFields({ comment: 'Comment body is not valid!' });
  const worklog = addWorklog(
    call.whole,
    issue,
    {
      seconds,
      started: startOf(body.started, call.site.now()),
      comment: body.comment,
      ...restrictionFor(call.site, issue, body.visibility),
    },
    act(call),
  );
  return { status: 201, json: showWorklog(call, issue, worklog) };
}

/** Jira accepts the start in one form only: with milliseconds, and an offset without a colon. */
function startOf(started: string | undefined, now: Instant): Instant {
  if (started === undefined) return now;
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$/.test(started) ? Date.parse(started) : Number.NaN;
  if (Number.isNaN(instant)) throw badFields({ started: `Error parsing time: ${started}` });
  return instant;
}
