import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { actions } from '../../functions/actions.ts';
import { start } from '../../tools/new/start.ts';

describe('npm run new refuses', () => {
  it.each([
    ['sap getOrder', 'The system must be one of '],
    ['jira Sprint', 'a verb and a noun in camelCase'],
    ['jira ../../getSprint', 'a verb and a noun in camelCase'],
    ['jira getProjectUpdates', 'There is functions/jira/actions/getProjectUpdates.ts already.'],
    ['jira getProjectLead --effect breaks', 'The effect of a write is one of adds, changes, removes.'],
    ['jira getProjectLead --from helpdesk', '--from is for a system.'],
    ['jira getProjectLead now', 'now is more than is understood here.'],
    ['jira getProjectLead --force', "Unknown option '--force'"],
    ['', 'The system must be one of '],
    ['system tickets', '--from must be one of '],
    ['system tickets --from sap', '--from must be one of '],
    ['system tickets --from ../functions/jira', '--from must be one of '],
    ['system tickets --from helpdesk --effect adds', '--effect is for an action.'],
    ['system --from helpdesk', 'it must be lower-case letters, digits and hyphens'],
    ['system Tickets --from helpdesk', 'it must be lower-case letters, digits and hyphens'],
    ['system ../tickets --from helpdesk', 'it must be lower-case letters, digits and hyphens'],
    ['system tickets- --from helpdesk', 'it must be lower-case letters, digits and hyphens'],
    ...['system', 'mcp', 'health', 'endpoints', 'page', 'new', 'await'].map(name => [
      `system ${name} --from helpdesk`,
      `A system cannot be called ${name}: the word is reserved.`,
    ]),
    ['system jira --from helpdesk', 'There is a toolset jira already.'],
    ['system jira-planning --from helpdesk', 'There is a toolset jira-planning already.'],
    ['system azure --from helpdesk', "its settings would look like the app's own AZURE_CLIENT_ID."],
    ['system shared --from helpdesk', 'There is tests/shared already.'],
  ])('%j, and says why', async (words, message) => {
    expect(await start(words.split(' ').filter(Boolean))).toContain(message);
  });
});

it.each(['README.md', 'docs/add-an-action.md', 'docs/add-a-system.md', 'tools/new/new.ts'])(
  'what %s begins with is no action yet',
  async file => {
    const text = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
    const names = [...text.matchAll(/npm run new -- (?!system )[\w-]+ (\w+)/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(0);
    const known = actions.map(({ name }) => name);
    expect(names.filter(name => name !== undefined && known.includes(name))).toEqual([]);
  },
);
