import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ChangedFile,
  type IssueFile,
  readDataFiles,
  type TextFile,
} from '../../../functions/jira/sandbox/dataFiles.ts';
import type { Marks } from './marks.ts';

/** Where a mark stands that only who may see a project may see. */
export const ofProject = (key: string) => `project ${key}`;

/** Writes the sandbox's own data with each project's mark in all that is of the project alone. */
export async function plantJira(folder: string, marks: Marks): Promise<void> {
  const { projects, issues, requests, serviceDesks } = await readDataFiles();
  const markOf = (key: string) => marks.of(ofProject(key));
  const files = {
    'projects.json': projects.map(({ key, name, description, components, versions, ...others }) => ({
      ...others,
      key,
      name: `${name} ${markOf(key)}`,
      description: `${description} ${markOf(key)}`,
      components: components.map(({ name, ...rest }) => ({ ...rest, name: `${name} ${markOf(key)}` })),
      versions: versions.map(({ name, ...rest }) => ({ ...rest, name: `${name} ${markOf(key)}` })),
    })),
    'filters.json': projects.flatMap(({ key }, at) => filtersOf(key, markOf(key), 10_700 + 10 * at)),
    'serviceDesks.json': serviceDesks,
    'requests.json': requests.map(issue => marked(issue, markOf(projectOf(issue.key)))),
    'issues.json': issues.map(issue => ({
      ...marked(issue, markOf(projectOf(issue.key))),
      ...(parentsAcross[issue.key] && { parent: parentsAcross[issue.key] }),
      links: [...issue.links, ...(linksAcross[issue.key] ?? [])],
    })),
  };
  await mkdir(join(folder, 'files'), { recursive: true });
  for (const { key } of [...issues, ...requests]) {
    await writeFile(join(folder, 'files', contentsOf(key)), `It holds ${markOf(projectOf(key))}.`);
  }
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(content));
}

/** Saved filters that name a project, and what is of it alone. */
const filtersOf = (key: string, mark: string, id: number) =>
  [`project = ${key} AND labels = "${mark}"`, `component = "Alerts ${mark}"`, `text ~ "${mark}" ORDER BY created`].map(
    (jql, at) => ({
      id: String(id + at),
      name: `Bugs of ${key} ${mark}`,
      description: `They hold ${mark}.`,
      owner: 'ana.ruiz@example.com',
      jql,
    }),
  );

/** The file with what the files of an issue hold. */
const contentsOf = (issueKey: string) => `${issueKey}.txt`;

const projectOf = (issueKey: string) => issueKey.slice(0, issueKey.lastIndexOf('-'));

/** Ways that lead from each project into another one. */
const parentsAcross: Record<string, string> = { 'ATLAS-12': 'BEACON-1', 'BEACON-5': 'ATLAS-1', 'COMET-5': 'BEACON-1' };
const linksAcross: Record<string, IssueFile['links']> = {
  'ATLAS-12': [
    { at: '-3d', by: 'ana.ruiz@example.com', type: 'Blocks', to: 'BEACON-2' },
    { at: '-2d', by: 'ana.ruiz@example.com', type: 'Relates', to: 'COMET-1' },
  ],
  'ATLAS-3': [{ at: '-2d', by: 'ana.ruiz@example.com', type: 'Relates', to: 'BEACON-5' }],
  'BEACON-4': [{ at: '-2d', by: 'ana.ruiz@example.com', type: 'Duplicate', to: 'ATLAS-5' }],
  'COMET-2': [{ at: '-2d', by: 'ana.ruiz@example.com', type: 'Blocks', to: 'BEACON-6' }],
};

function marked(issue: IssueFile, mark: string): IssueFile {
  return {
    ...issue,
    ...markedValues(issue, mark),
    summary: `${issue.summary} ${mark}`,
    changes: issue.changes.map(change => ({ ...change, set: markedValues(change.set, mark) })),
    comments: issue.comments.map(comment => ({ ...comment, body: markedText(comment.body, mark) })),
    worklogs: issue.worklogs.map(log => ({ ...log, ...(log.comment && { comment: markedText(log.comment, mark) }) })),
    attachments: issue.attachments.map(file => ({
      ...file,
      filename: `${mark} ${file.filename}`,
      file: contentsOf(issue.key),
    })),
  };
}

function markedValues<Values extends ChangedFile>(values: Values, mark: string): Values {
  const { summary, description, labels, components, fixVersions } = values;
  return {
    ...values,
    ...(summary !== undefined && { summary: `${summary} ${mark}` }),
    ...(description && { description: markedText(description, mark) }),
    ...(labels && { labels: labels.map(label => `${label}-${mark}`) }),
    ...(components && { components: components.map(name => `${name} ${mark}`) }),
    ...(fixVersions && { fixVersions: fixVersions.map(name => `${name} ${mark}`) }),
  };
}

function markedText(text: TextFile, mark: string): TextFile {
  if (typeof text === 'string') return `${text} ${mark}`;
  const paragraph = { type: 'paragraph', content: [{ type: 'text', text: mark, content: [] }] };
  return { ...text, content: [...(text.content ?? []), paragraph] };
}
