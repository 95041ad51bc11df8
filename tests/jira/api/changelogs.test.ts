import type { Client } from 'jira.js/core';
import { describe, expect, it } from 'vitest';
import { fieldChanges } from '../../../functions/jira/api/changelogs.ts';

/** A Jira that answers with these pages, one after the other. */
function pagesOf(...pages: object[]) {
  const asked: unknown[] = [];
  const client = {
    sendRequest: async ({ body }: { body: unknown }) => {
      asked.push(body);
      return {
        ...pages[asked.length - 1],
        ...(asked.length < pages.length && { nextPageToken: String(asked.length) }),
      };
    },
  } as unknown as Client;
  return { client, asked };
}

const entry = (created: unknown, to: string) => ({ created, items: [{ fieldId: 'status', to, toString: `S${to}` }] });
const log = (issueId: string, ...changeHistories: object[]) => ({ issueId, changeHistories });

describe('the changes of fields', () => {
  it('are read from all pages, of each issue the oldest first', async () => {
    const { client, asked } = pagesOf(
      { issueChangeLogs: [log('1', entry('2026-11-03T00:00:00.000+0000', '12')), log('2')] },
      { issueChangeLogs: [log('1', entry('2026-11-01T00:00:00.000+0000', '11'))] },
    );
    const { changes, isWhole } = await fieldChanges(client, ['1', '2'], ['status']);
    expect(changes.get('1')?.map(({ to }) => to)).toEqual([
      { id: '11', text: 'S11' },
      { id: '12', text: 'S12' },
    ]);
    expect([changes.get('2'), isWhole, asked.length]).toEqual([[], true, 2]);
    expect(asked[1]).toMatchObject({ issueIdsOrKeys: ['1', '2'], fieldIds: ['status'], nextPageToken: '1' });
  });

  it.each([
    ['a text', '2026-11-01T02:00:00.000+0200'],
    ['milliseconds', Date.UTC(2026, 10)],
    ['milliseconds in a text', String(Date.UTC(2026, 10))],
    ['seconds', Date.UTC(2026, 10) / 1000],
  ])('have their moment from %s', async (_, created) => {
    const { client } = pagesOf({ issueChangeLogs: [log('1', entry(created, '11'))] });
    const { changes } = await fieldChanges(client, ['1'], ['status']);
    expect(changes.get('1')?.[0]?.at.toISOString()).toBe('2026-11-01T00:00:00.000Z');
  });

  it('are asked for a thousand issues at a time, and not without an end', async () => {
    const many = Array.from({ length: 1_001 }, (_, at) => String(at));
    const { client, asked } = pagesOf({ issueChangeLogs: [] }, { issueChangeLogs: [] });
    expect((await fieldChanges(client, many.slice(0, 1_000), ['status'])).isWhole).toBe(true);
    expect(asked).toHaveLength(2);
    const endless = pagesOf(...Array(40).fill({ issueChangeLogs: [] }));
    expect((await fieldChanges(endless.client, many, ['status'])).isWhole).toBe(false);
    expect(endless.asked).toHaveLength(20);
  });
});
