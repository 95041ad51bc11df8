import { beforeEach, describe, expect, it } from 'vitest';
import { actions } from '../../../functions/actions.ts';
import { projectPermissions } from '../../../functions/jira/sandbox/permissions.ts';
import { useCallersApp } from './callers.ts';

const callers = useCallersApp();

const writes = (await Promise.all(actions.map(async ({ load }) => (await load()).default))).filter(
  ({ system, access }) => system === 'jira' && access === 'write',
);

/** Ana may look at everything, as an agent does, and do nothing. */
beforeEach(() => {
  for (const { key } of callers.jira.site.projects) {
    for (const permission of projectPermissions) {
      const isToLook = permission === 'BROWSE_PROJECTS' || permission === 'SERVICEDESK_AGENT';
      callers.grant(key, permission, ...(isToLook ? (['ana.ruiz'] as const) : []));
    }
  }
});

describe('who may look and nothing else', () => {
  it.each(writes.map(({ name, example }) => [name, example] as const))(
    'changes nothing by %s',
    async (name, example) => {
      callers.changes();
      const { status, body } = await callers.write('ana.ruiz', name, example);
      const isPlan = body.items?.some(({ outcome }: { outcome: string }) => outcome === 'planned');
      const isForThemselves = name === 'watchIssue' && 'person' in example && example.person === 'me';
      if (isForThemselves) return;
      expect(isPlan ?? false, JSON.stringify(body)).toBe(false);
      expect(callers.changes(), `${status} ${body.detail}`).toEqual([]);
      if (status === 200) return;
      expect(body.code, body.detail).toMatch(/^(?:forbidden|not_found|conflict|invalid_input)$/);
    },
  );
});
