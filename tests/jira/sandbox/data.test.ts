import { describe, expect, it } from 'vitest';
import { searchIssues } from '../../../functions/jira/sandbox/jqlSearch.ts';
import type { AdfNode } from '../../../functions/jira/sandbox/model.ts';
import { monday, siteAt } from './jiraClient.ts';

const site = await siteAt(monday);
const count = (jql: string) => searchIssues(site, jql).length;

function* nodesOf(node: AdfNode): Generator<AdfNode> {
  yield node;
  for (const child of node.content ?? []) yield* nodesOf(child);
}

describe('the made-up site', () => {
  it('is the same at every start', async () => {
    expect(JSON.stringify(await siteAt(monday))).toBe(JSON.stringify(site));
  });

  it('moves along with the clock', async () => {
    const later = await siteAt(new Date(monday.getTime() + 3600_000));
    const shift = later.issues.map((issue, index) => issue.updated - (site.issues[index]?.updated ?? 0));
    expect(new Set(shift)).toEqual(new Set([3600_000]));
  });

  it('has one busy project, one with some life, and one where nothing moved this week', () => {
    expect(count('project = ATLAS and updated >= -7d')).toBeGreaterThanOrEqual(12);
    expect(count('project = ATLAS and updated >= -30d')).toBeGreaterThanOrEqual(28);
    expect(count('project = BEACON and updated >= -7d')).toBeGreaterThan(2);
    expect(count('project = COMET and updated >= -7d')).toBe(0);
    expect(count('project in (ATLAS, BEACON, COMET)')).toBe(60);
  });

  it('has what is overdue, unassigned and resolved', () => {
    expect(count('due < startOfDay() and statusCategory != Done')).toBeGreaterThan(3);
    expect(count('project = ATLAS and assignee is empty')).toBeGreaterThan(3);
    expect(count('project = ATLAS and resolved >= -7d')).toBeGreaterThan(2);
  });

  it('tells of every change in order, and none before its issue was there', () => {
    for (const { key, created, updated, histories, comments } of site.issues) {
      const times = histories.map(history => history.created);
      expect(times, key).toEqual(times.toSorted((left, right) => left - right));
      const all = [...times, ...comments.map(comment => comment.created)];
      expect(Math.min(created, ...all), key).toBe(created);
      expect(Math.max(created, ...all), key).toBe(updated);
      expect(updated, key).toBeLessThanOrEqual(monday.getTime());
    }
  });

  it('has one text with everything in it that the editor makes', () => {
    const description = site.issues.find(({ key }) => key === 'ATLAS-1')?.values.description;
    const types = new Set([...nodesOf(description as AdfNode)].map(({ type }) => type));
    expect([...types].toSorted()).toEqual(
      `blockCard blockquote bodiedExtension bulletList caption codeBlock date decisionItem decisionList doc embedCard emoji
      expand extension hardBreak heading inlineCard layoutColumn layoutSection listItem media mediaGroup mediaSingle mention
      orderedList panel paragraph rule status table tableCell tableHeader tableRow taskItem taskList text`.split(/\s+/),
    );
  });
});
