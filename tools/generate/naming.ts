import type * as z from 'zod';
import { meaningOf } from '../../shared/schema/meaning.ts';

/** `getProjectUpdates` as an operation's ID: `GetProjectUpdates`. */
export function operationId(actionName: string): string {
  return capitalised(actionName);
}

/** `issueKey` as people read it: `Issue key`; a title or an acronym that the field declares comes first. */
export function fieldTitle(name: string, schema: z.core.$ZodType | undefined): string {
  const { title, acronym } = schema ? meaningOf(schema) : {};
  if (title) return title;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(' ');
  return capitalised(words.map(word => (word === acronym?.toLowerCase() ? acronym : word)).join(' '));
}

/** `jira-planning` as people read it: `Jira planning`. */
export function nameTitle(name: string): string {
  return capitalised(name.replaceAll('-', ' '));
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
