import * as z from 'zod';
import { anyName, missing, where } from '../../../../shared/filter/inputs.ts';
import { dayText, sinceText } from '../../../../shared/time/inputs.ts';
import { issueKey, nameText, projectId, shortText } from '../inputs.ts';
import type { LinkFilter } from './linkFilter.ts';

const linked = shortText.transform((text, context): LinkFilter => {
  const word = /^(?:is )?(blocked|blocks)(?: by)?$/i.exec(text)?.[1]?.toLowerCase();
  if (word === 'blocked' || word === 'blocks') return { kind: word };
  const { data } = issueKey.safeParse(text);
  if (data !== undefined) return { kind: 'to', issueKey: data };
  const message = 'It must be blocked, blocks, or the key of an issue such as ABC-12.';
  context.issues.push({ code: 'custom', message, input: text });
  return z.NEVER;
});

/** The inputs that say which issues are meant, for every action that finds, counts or changes some. */
export const filterInputs = {
  projectId: projectId.optional().describe('Its project: a key, such as ABC, or a numeric ID.'),
  text: shortText.optional().describe('Words to look for in summaries, descriptions and comments.'),
  status: anyName.optional().describe('One status or several, separated by commas.'),
  assignee: anyName.optional().meta({
    description: 'Names or e-mail addresses, separated by commas; me for the user who asks, none for unassigned.',
    mayMatchSeveral: true,
  }),
  issueType: anyName.optional().describe('One type or several, such as Bug,Task.'),
  priority: anyName.optional().describe('One priority or several.'),
  sprint: anyName
    .optional()
    .describe(
      'Names; or active, next (of projectId), backlog: what a team may still plan, in its order, or none: anything in no active or future sprint, also epics, sub-tasks and what is done.',
    ),
  parent: anyName.optional().describe('Keys of parents or epics, or none.'),
  fixVersion: anyName.optional().describe('One version or several, or none.'),
  component: anyName.optional().describe('One component or several, or none.'),
  reporter: anyName.optional().meta({ description: 'Who reported it, as assignee.', mayMatchSeveral: true }),
  linked: linked
    .optional()
    .describe(
      'What it is linked to: blocked (by an issue that is not done), blocks (another one), or the key of an issue.',
    ),
  filter: nameText.optional().meta({
    description: 'A saved filter, by name.',
    names: 'filter',
    mayMatchSeveral: true,
    choices: { action: 'listFilters', collection: 'filters', title: 'name', value: 'filterId', inputs: { limit: 100 } },
  }),
  label: anyName.optional().describe('One label or several, or none.'),
  where: where.optional().meta({
    description:
      'Conditions on any fields by name, a JSON object as a string: {"Severity": ["Major", "Critical"], "Created": {"from": "2026-10-01", "to": "2026-10-31"}, "Story Points": {"from": 3, "to": 8}, "Summary": {"contains": "login"}, "Component": {"not": "Search"}, "Reviewer": null}.',
    mayMatchSeveral: true,
  }),
  missing: missing.optional().describe('Fields that are empty, such as assignee,estimate,due date.'),
  openOnly: z.boolean().optional().describe('True to leave out what is done.'),
  overdue: z.boolean().optional().describe('True for open issues whose due date is past.'),
  createdSince: sinceText
    .optional()
    .describe('As updatedSince. For a period that is over, such as last month, use where.'),
  resolvedSince: sinceText.optional().describe('As createdSince.'),
  updatedSince: sinceText
    .optional()
    .describe('Updated since a day, today, yesterday, a date-time, or a span back such as 7d.'),
  unchangedFor: sinceText.optional().describe('Not updated for a span such as 7d; a comment is an update.'),
  statusUnchangedFor: sinceText.optional().describe('In its present status for longer than a span such as 5d.'),
  dueBefore: dayText.optional().describe('Due before this day, such as 2026-11-30.'),
  jql: z.string().trim().min(1).max(5000).optional().meta({
    description: 'A query in JQL with a condition, in place of all filters.',
    acronym: 'JQL',
  }),
};

/** What was given in them. */
export type GivenFilters = z.output<z.ZodObject<typeof filterInputs>>;
