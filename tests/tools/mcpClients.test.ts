import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { actions } from '../../functions/actions.ts';
import { failureCodes } from '../../shared/failure.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(resolve(root, 'docs', name), 'utf8');
const toolsets = new Set(actions.map(({ toolset }) => toolset));

/** The paths of a server that there is. */
function isServed(address: string): boolean {
  const { pathname } = new URL(address);
  const [, list] = /^\/api\/mcp(?:\/x\/([\w,-]+))?(?:\/readonly)?$/.exec(pathname) ?? [];
  return /^\/api\/mcp\b/.test(pathname) && (list ?? '').split(',').every(name => name === '' || toolsets.has(name));
}

describe('the page on MCP clients', () => {
  const page = read('mcp-clients.md');
  const snippets = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => text);

  it('has configurations that parse, for a server that there is, and a key in none', () => {
    expect(snippets.length).toBeGreaterThan(3);
    for (const text of snippets) {
      expect(JSON.parse(text)).toBeTypeOf('object');
      const addresses = text.match(/https?:\/\/[^"]+/g) ?? [];
      expect(addresses).toHaveLength(1);
      expect(addresses.filter(address => !isServed(address))).toEqual([]);
      const key = /"x-functions-key(?:": "|:)([^"]*)"/.exec(text)?.[1];
      expect(key === undefined || /^\$\{(?:input:function-key|FUNCTION_KEY)\}$/.test(key)).toBe(true);
    }
  });

  it('names in its commands only servers and actions that there are', () => {
    const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text).join('\n');
    const addresses = commands.match(/https?:\/\/\S+/g) ?? [];
    expect(addresses.length).toBeGreaterThan(2);
    expect(addresses.filter(address => !isServed(address))).toEqual([]);
    for (const [, name] of commands.matchAll(/--tool-name (\w+)/g))
      expect(actions.map(each => each.name)).toContain(name);
  });
});

describe('the page on Copilot Studio', () => {
  const page = read('copilot-studio.md');

  it('says of each code of a failure how it looks, with its status', () => {
    const rows = new Map(
      [...page.matchAll(/^\| `(\w+)` \|[^|]*\| (\d+)/gm)].map(([, code, status]) => [code, Number(status)]),
    );
    const statuses = Object.entries(failureCodes).map(([code, { status }]) => [code, status]);
    expect([...rows].sort()).toEqual(statuses.sort());
  });

  it('counts the tools of one toolset, and of two, as they are', () => {
    const rows = [...page.matchAll(/^\| [^|]* \| (`(?:jira|salesforce)[^|]*) \| (\d+(?:, \d+)?) \|$/gm)];
    expect(rows.length).toBeGreaterThan(5);
    for (const [, names = '', numbers = ''] of rows) {
      const chosen = [...names.matchAll(/`(\w[\w-]*)`/g)].map(([, name]) => name);
      const upTo = (count: number) => actions.filter(({ toolset }) => chosen.slice(0, count).includes(toolset)).length;
      expect(numbers.split(', ').map(Number)).toEqual(numbers.split(', ').map((_, at) => upTo(at + 1)));
    }
  });

  it('leads to headings that it has', () => {
    const slug = (title: string) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-');
    const slugs = new Set([...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => slug(title)));
    const links = [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, link = '']) => link.replace(/-1$/, ''));
    expect(links.filter(link => !slugs.has(link))).toEqual([]);
  });
});
