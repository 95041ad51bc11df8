import * as z from 'zod';
import { heading, link } from '../../../shared/schema/meaning.ts';
import { nameText } from './inputs.ts';
import { stateOf, versionStates } from './versions.ts';
import type { Version } from './wire.ts';

/** A version of a project, by its name or ID. */
export const versionName = nameText.meta({
  names: 'version',
  mayMatchSeveral: true,
  choices: {
    action: 'listVersions',
    collection: 'versions',
    title: 'name',
    value: 'name',
    inputs: { projectId: { input: 'projectId' } },
  },
});

/** A version as lists have it. */
export const versionRow = z.object({
  name: heading('The name of the version, which other actions take.'),
  state: z.enum(versionStates).describe('Whether it is unreleased, released or archived.'),
  isOverdue: z.boolean().optional().describe('True when it is unreleased and its release date is past.'),
  startDate: z.string().optional().describe('The day on which work on it starts.'),
  releaseDate: z.string().optional().describe('The day on which it was or will be released.'),
  description: z.string().optional().describe('Its description.'),
  issuesLeft: z.int().optional().describe('How many of its issues are not done.'),
  issues: z.int().optional().describe('How many issues it has in all.'),
  url: link('The address of the version in the browser.'),
});

export function toVersionRow(version: Version, url: string): z.infer<typeof versionRow> {
  const { name, overdue, startDate, releaseDate, description, issuesStatusForFixVersion: counts } = version;
  const left = (counts?.toDo ?? 0) + (counts?.inProgress ?? 0) + (counts?.unmapped ?? 0);
  return {
    name,
    state: stateOf(version),
    ...(overdue && stateOf(version) === 'unreleased' && { isOverdue: true }),
    ...(startDate && { startDate }),
    ...(releaseDate && { releaseDate }),
    ...(description && { description }),
    ...(counts && { issuesLeft: left, issues: left + (counts.done ?? 0) }),
    url,
  };
}
