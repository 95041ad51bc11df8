import { execFileSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { banner, curl, powerShell } from '../../../tools/host/banner.ts';

/** What a POSIX shell makes of a command line's words. */
function words(command: string): string[] {
  const printed = execFileSync('sh', ['-c', `set -- ${command}; printf '%s\\0' "$@"`], { encoding: 'utf8' });
  return printed.split('\0').slice(0, -1);
}

const awkward = { text: `It's "here" & $HOME \`id\` \\ 100% {a}[b]`, count: 2, done: true };

test('a pasted curl of a read sends the example as a query string, whatever it holds', () => {
  const [program, url = '', ...rest] = words(curl('http://localhost:7071/api/x', { access: 'read', example: awkward }));
  expect([program, rest]).toEqual(['curl', []]);
  expect(url).not.toMatch(/[{}[\]]/);
  expect(Object.fromEntries(new URL(url).searchParams)).toEqual({ text: awkward.text, count: '2', done: 'true' });
});

test('a pasted curl of a write sends the example as JSON, whatever it holds', () => {
  const [program, url, ...flags] = words(curl('http://localhost:7071/api/x', { access: 'write', example: awkward }));
  expect([program, url]).toEqual(['curl', 'http://localhost:7071/api/x']);
  expect(flags.slice(0, 3)).toEqual(['-H', 'content-type: application/json', '-d']);
  expect(JSON.parse(flags[3] ?? '')).toEqual(awkward);
});

test('an action without inputs is called without a query string', () => {
  expect(curl('http://localhost:7071/api/x', { access: 'read', example: {} })).toBe(
    "curl 'http://localhost:7071/api/x'",
  );
});

test('on Windows the call is one for PowerShell, whose quotation marks are doubled', () => {
  expect(powerShell('http://localhost:7071/api/x', { access: 'read', example: { term: "O'Brien" } })).toBe(
    "Invoke-RestMethod 'http://localhost:7071/api/x?term=O%27Brien' | ConvertTo-Json -Depth 9",
  );
  expect(powerShell('http://localhost:7071/api/x', { access: 'write', example: { text: `It's "here"` } })).toBe(
    `Invoke-RestMethod 'http://localhost:7071/api/x' -Method Post -ContentType 'application/json' -Body '{"text":"It''s \\"here\\""}' | ConvertTo-Json -Depth 9`,
  );
});

test('the banner says what is real and what is not, where to try the actions, and one call', () => {
  const url = 'http://localhost:7071';
  const text = banner({
    url,
    platform: 'linux',
    backings: [
      { title: 'Jira', kind: 'sandbox', configuredBy: 'JIRA_BASE_URL', url: 'http://127.0.0.1:1' },
      { title: 'Salesforce', kind: 'real', configuredBy: 'SALESFORCE_LOGIN_URL', url: 'https://acme.example.com' },
      { title: 'Other', kind: 'nothing', configuredBy: 'OTHER_URL' },
    ],
    functions: [
      { name: 'listProjects', methods: ['GET'], url: `${url}/api/jira/listProjects` },
      { name: 'health', methods: ['GET'], url: `${url}/api/health` },
    ],
    actions: [{ name: 'listProjects', access: 'read', example: { limit: 3 } }],
  });
  expect(
    stripVTControlCharacters(text),
  ).toBe(`Jira is a sandbox with made-up data at http://127.0.0.1:1. Set JIRA_BASE_URL to use your own.
Salesforce is https://acme.example.com, for real.
Other is not configured: set OTHER_URL. No sandbox stands in for it, because KEY_VAULT_URI is set and a vault does not hold the secrets of a sandbox.

Try each of the 1 actions on the page http://localhost:7071/, or one of them here:
  curl 'http://localhost:7071/api/jira/listProjects?limit=3'
For MCP clients: http://localhost:7071/api/mcp, or http://localhost:7071/api/mcp/x/<toolset>. Every action with its address: docs/actions.md

Serving on http://localhost:7071
Ctrl-C stops everything.`);
});
