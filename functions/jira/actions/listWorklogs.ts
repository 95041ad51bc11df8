import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { anyName } from '../../../shared/filter/inputs.ts';
import { nameList } from '../../../shared/filter/nameList.ts';
import { pace } from '../../../shared/pace.ts';
import { heading, id, key, link, summary } from '../../../shared/schema/meaning.ts';
import { resolveSince, resolveUntil, sinceText } from '../../../shared/time/inputs.ts';
import { shownPeriod } from '../../../shared/time/shown.ts';
import { clockAt } from '../../../shared/time/timeZone.ts';
import { shownMarkdown } from '../api/adf/adfToMarkdown.ts';
import { duration } from '../api/fieldText.ts';
import { issueKey, projectId } from '../api/inputs.ts';
import { loggedWork, type Work } from '../api/loggedWork.ts';
import { offsetOf } from '../api/offset.ts';
import { reads, whereNamed } from '../needs.ts';
import { jira } from '../system.ts';

/** The characters of all Markdown of a page. */
const MAX_MARKDOWN = 65_536;
/** Of people, and of issues. */
const MAX_SUMS = 100;
/** Of the issues of a person. */
const MAX_OF_PERSON = 20;

const timeSpent = z.string().describe('The time, such as 1h 30m.');

export default jira.action({
  name: 'listWorklogs',
  toolset: 'jira',
  access: 'read',
  needs: reads(whereNamed),
  title: 'List logged work',
  description:
    'Lists the time that was logged in a period by people, on a project or on an issue, with sums per person, issue and project. ' +
    'Use it for who worked how long on what. To log time use logWork.',
  input: z.object({
    person: anyName.optional().meta({
      description:
        'Who worked: names or e-mail addresses, separated by commas; me for the user who asks. Everybody unless given.',
      mayMatchSeveral: true,
    }),
    projectId: projectId.optional(),
    issueKey: issueKey.optional(),
    startedSince: sinceText
      .default('7d')
      .describe('Work that began since a day, a date-time, or a span back such as 30d. 7d unless given.'),
    until: sinceText.optional().describe('The end of the period: a day, of which all counts, or a date-time.'),
  }),
  output: z.object({
    summary: summary('The whole time.'),
    people: z
      .array(
        z.object({
          person: heading('The name of the person.'),
          timeSpent,
          issues: z.array(z.object({ issueKey: key('The key of the issue.'), timeSpent })).describe('On what.'),
        }),
      )
      .optional()
      .describe('On the first page the sums per person, the largest first.'),
    issues: z
      .array(
        z.object({
          issueKey: key('The key of the issue.'),
          title: heading('Its summary.').optional(),
          timeSpent,
          url: link('Its address in the browser.'),
        }),
      )
      .optional()
      .describe('On the first page the sums per issue, the largest first.'),
    projects: z
      .array(z.object({ project: heading('The name of the project.'), timeSpent }))
      .optional()
      .describe('On the first page the sums per project, where there are several.'),
    worklogs: z
      .array(
        z.object({
          worklogId: id('The ID of the entry.'),
          issueKey: key('The key of the issue.'),
          person: z.string().optional().describe('Who worked.'),
          startedAt: z.string().describe("When the work began, ISO 8601, by the asking user's clock."),
          timeSpent,
          comment: z.string().optional().describe('What was done, in Markdown.'),
        }),
      )
      .describe('The single entries, the last begun first.'),
    entries: z.int().describe('How many entries there are in all.'),
    notShown: z
      .int()
      .optional()
      .describe('How many entries are left out, also of the sums, because they are restricted to a role or group.'),
    partial: z.string().optional().describe('What was not counted, where not all could be read.'),
  }),
  // Pages of issues, and issues with much work one by one, each of which a policy has looked at first.
  requests: 120,
  example: { projectId: 'ATLAS', startedSince: '30d' },
  paged: true,
  async run(
    { person, projectId, issueKey, startedSince, until },
    { jira, signal, now, page: { limit, cursor, isFirst } },
  ) {
    const clock = { now, timeZone: jira.timeZone };
    const from = await resolveSince(startedSince, clock, 'startedSince');
    const to = until === undefined ? undefined : await resolveUntil(until, from, clock);
    const people = person === undefined ? [] : nameList(person);
    const { work, restricted, partial } = await loggedWork({ people, projectId, issueKey, from, to }, jira);
    const budget = { left: MAX_MARKDOWN };
    const pause = pace(signal);
    const offset = offsetOf(cursor);
    const timeZone = await jira.timeZone();
    const items = [];
    for (const entry of work.slice(offset, offset + limit)) {
      await pause();
      items.push({
        worklogId: entry.id,
        issueKey: entry.issueKey,
        person: entry.author,
        startedAt: clockAt(entry.startedAt, timeZone),
        timeSpent: duration(entry.seconds),
        comment: shownMarkdown(entry.comment, budget) || undefined,
      });
    }
    const byIssue = sums(work, each => each.issueKey);
    const byPerson = sums(work, each => each.accountId ?? each.author ?? '');
    const byProject = sums(work, each => each.project?.key ?? '');
    const sumsOf = () => ({
      people: byPerson.slice(0, MAX_SUMS).map(({ entries, first, seconds }) => ({
        person: first.author ?? 'somebody',
        timeSpent: duration(seconds),
        issues: sums(entries, each => each.issueKey)
          .slice(0, MAX_OF_PERSON)
          .map(each => ({ issueKey: each.first.issueKey, timeSpent: duration(each.seconds) })),
      })),
      issues: byIssue.slice(0, MAX_SUMS).map(({ first, seconds }) => ({
        issueKey: first.issueKey,
        title: first.title,
        timeSpent: duration(seconds),
        url: jira.browseUrl(first.issueKey),
      })),
      ...(byProject.length > 1 && {
        projects: byProject.map(({ first, seconds }) => ({
          project: first.project?.name ?? 'another',
          timeSpent: duration(seconds),
        })),
      }),
    });
    const period = await shownPeriod(startedSince, until, clock);
    const others =
      people.length > 0 && !jira.isCallers
        ? ' What logWork has logged is the time of the account of this service.'
        : '';
    const next = offset + limit;
    return page({
      items,
      nextCursor: next < work.length ? String(next) : undefined,
      cursorAfter: count => String(offset + count),
      answer: worklogs => ({
        summary: `${duration(secondsOf(work))} logged ${period} by ${counted(byPerson.length, 'person', 'people')} on ${counted(byIssue.length, 'issue', 'issues')}${partial ? ', as far as could be read' : ''}.${others}`,
        ...(isFirst && sumsOf()),
        worklogs,
        entries: work.length,
        notShown: restricted || undefined,
        partial,
      }),
    });
  },
});

/** Entries together that have the same key, those with the most time first. */
function sums(work: readonly Work[], keyOf: (entry: Work) => string) {
  return [...Map.groupBy(work, keyOf).values()]
    .flatMap(entries => (entries[0] ? [{ entries, first: entries[0], seconds: secondsOf(entries) }] : []))
    .sort((one, other) => other.seconds - one.seconds);
}

function secondsOf(work: readonly Work[]): number {
  return work.reduce((sum, { seconds }) => sum + seconds, 0);
}

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;
