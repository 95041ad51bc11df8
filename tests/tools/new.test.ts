import { describe, expect, it } from 'vitest';
import { start } from '../../tools/new/start.ts';

describe('npm run new refuses', () => {
  it.each([
    ['sap getOrder', 'The system must be one of jira, '],
    ['jira Sprint', 'a verb and a noun in camelCase'],
    ['jira ../../getSprint', 'a verb and a noun in camelCase'],
    ['jira getProjectUpdates', 'There is functions/jira/actions/getProjectUpdates.ts already.'],
    ['jira getSprint --effect breaks', 'The effect of a write is one of adds, changes, removes.'],
    ['jira getSprint --from helpdesk', '--from is for a system.'],
    ['jira getSprint now', 'now is more than is understood here.'],
    ['jira getSprint --force', "Unknown option '--force'"],
    ['', 'The system must be one of jira, '],
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
