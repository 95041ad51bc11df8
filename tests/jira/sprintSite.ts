import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JiraSandbox, startSandbox } from '../../functions/jira/sandbox/startSandbox.ts';

const defaultFolder = fileURLToPath(new URL('../../functions/jira/sandbox/data/', import.meta.url));
const by = 'priya.n@example.com';

interface Told {
  points?: number;
  sprints?: string[];
  type?: string;
  created?: string;
  isFlagged?: boolean;
  /** What changed, in order: the time, and what it was set to. */
  history?: [at: string, set: Record<string, unknown>][];
  [other: string]: unknown;
}

export const status = (name: string) => ({ status: name });
export const into = (...sprints: string[]) => ({ fields: { Sprint: sprints } });
export const points = (count: number | null) => ({ fields: { 'Story Points': count } });

/** An issue of the data: in its sprints from its creation on, unless told. */
export function issue(key: string, told: Told = {}) {
  const {
    points: estimate,
    sprints,
    isFlagged = false,
    history = [],
    type = 'Story',
    created = '-30d',
    ...others
  } = told;
  return {
    key,
    type,
    summary: `What ${key} is about`,
    reporter: by,
    created,
    fields: {
      ...(estimate !== undefined && { 'Story Points': estimate }),
      ...(sprints && { Sprint: sprints }),
      ...(isFlagged && { Flagged: ['Impediment'] }),
    },
    changes: history.map(([at, set]) => ({ at, by, set })),
    ...others,
  };
}

/** A sandbox with a project of sprints for tests to fill, where sub-tasks may have estimates and issues may be flagged. */
export async function startSprintSite(parts: {
  projects: readonly { key: string; boards: readonly Record<string, unknown>[] }[];
  sprints: readonly Record<string, unknown>[];
  issues: readonly unknown[];
}): Promise<JiraSandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'sprints-'));
  try {
    const read = async (file: string) => JSON.parse(await readFile(join(defaultFolder, file), 'utf8'));
    const write = (file: string, data: unknown) => writeFile(join(folder, file), JSON.stringify(data));
    const types = ['Story', 'Task', 'Bug', 'Sub-task'];
    const fields: { name: string; issueTypes: string[] }[] = await read('fields.json');
    const planned = fields.map(field =>
      ['Story Points', 'Sprint'].includes(field.name) ? { ...field, issueTypes: types } : field,
    );
    const options = [{ id: '10300', name: 'Impediment' }];
    const flagged = { id: 10021, name: 'Flagged', type: 'multiselect', issueTypes: types, options };
    await write('fields.json', [...planned, flagged]);
    const projects = parts.projects.map(({ key, boards }, at) => {
      return { id: String(10_900 + at), key, name: key.toLowerCase(), lead: by, issueTypes: types, boards };
    });
    await write('projects.json', projects);
    await write('site.json', { ...(await read('site.json')), sprints: parts.sprints });
    await write('issues.json', parts.issues);
    return await startSandbox({ data: folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}
