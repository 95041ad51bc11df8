import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { starter as jiraStarter } from '../../functions/jira/starter.ts';
import { addSystem, exampleNames } from '../../tools/new/addSystem.ts';
import { findPlaceholders, placeholdersIn } from '../../tools/new/placeholders.ts';
import { actionFile, plainStarter, testFile } from '../../tools/new/starter.ts';

const projectRoot = resolve(import.meta.dirname, '../..');
const newAction = { name: 'getProjectLead', system: 'jira', toolsets: ['jira', 'jira-planning'], effect: undefined };

describe('what a new action starts from', () => {
  const source = actionFile(newAction, jiraStarter);
  const found = placeholdersIn('functions/jira/actions/getProjectLead.ts', source);
  const told = found.map(({ text, write }) => [text, write ?? '']);

  it('is a placeholder in every text of its own, and each tells its line and what to write', () => {
    expect(told).toEqual([
      ['one of jira, jira-planning.', ''],
      ['Get project lead', expect.stringContaining('in sentence case')],
      [expect.stringMatching(/^Returns the key/), expect.stringContaining('when to use which other action')],
      [expect.stringContaining('what it takes'), ''],
      [expect.stringContaining('what of the answer'), ''],
      ['The key of the project.', expect.stringContaining('what the field holds')],
      ['The name of the project.', expect.stringContaining('what the field holds')],
      [expect.stringContaining('an input that the sandbox'), ''],
      [expect.stringContaining('what it asks the system for'), ''],
    ]);
    const lines = source.split('\n');
    for (const { place, text } of found) {
      expect(lines[Number(place.replace(/^.*:/, '')) - 1]).toContain(`TODO: ${text}`);
    }
  });

  it('is left where one text is written and another is not', () => {
    const written = source.replaceAll('TODO: ', '').replace("'The name", "'TODO: The name");
    expect(placeholdersIn('a.ts', written).map(({ text }) => text)).toEqual(['The name of the project.']);
    expect(placeholdersIn('a.ts', source.replaceAll('TODO: ', ''))).toEqual([]);
  });

  it('is marked for a system that has no starter of its own, too, with nothing to choose where there is one toolset', () => {
    const plain = actionFile({ ...newAction, toolsets: ['jira'] }, plainStarter);
    expect(placeholdersIn('a.ts', plain)).toHaveLength(8);
    expect(plain).not.toContain('one of jira');
  });

  it('has a test that asks for more', () => {
    const [todo, ...others] = placeholdersIn('tests/a.test.ts', testFile(newAction));
    expect(todo?.text).toContain('a test for each behaviour');
    expect(others).toEqual([]);
  });
});

const examples = await exampleNames(projectRoot);

describe('a system that was copied from an example', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'placeholders-'));
    for (const folder of ['examples', 'tests/examples', 'functions/systems.ts']) {
      await cp(join(projectRoot, folder), join(root, folder), { recursive: true });
    }
    for (const folder of ['shared', 'node_modules']) await symlink(join(projectRoot, folder), join(root, folder));
  });
  afterEach(() => rm(root, { recursive: true }));

  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const places = () => findPlaceholders(root).map(({ place }) => place.replace(/:\d+$/, ''));

  it.each(examples)('is refused in each file that tells of the example %s', async example => {
    const files = await addSystem(root, 'tickets', example);
    const telling = files.filter(
      path =>
        path.startsWith('functions/tickets/') &&
        (/\/(README\.md|system\.ts|settings\.ts|api\/inputs\.ts)$/.test(path) || path.includes('/actions/')),
    );
    expect(telling.length).toBeGreaterThan(5);
    expect(telling.filter(path => !places().includes(path))).toEqual([]);
    expect(places().filter(path => path.includes('/sandbox/') || path.startsWith('tests/'))).toEqual([]);
  });

  it('says what to write of the system and its toolset, and leaves its title alone', async () => {
    await addSystem(root, 'tickets', 'helpdesk');
    const said = findPlaceholders(root).filter(({ place }) => place.startsWith('functions/tickets/system.ts'));
    expect(said.map(({ text, write }) => `${text} ${write}`)).toEqual([
      expect.stringMatching(/^Tickets holds .* what the system holds/),
      expect.stringMatching(/^For finding .* which action to use for what/),
      expect.stringMatching(/^Tickets what the actions of the toolset are for/),
    ]);
    expect(await readFile(join(root, 'functions/tickets/system.ts'), 'utf8')).toContain("title: 'Tickets'");
  });

  it('is refused where its errors name an action of the example, and its settings an address', async () => {
    await addSystem(root, 'tickets', 'helpdesk');
    const inFile = (file: string) => places().filter(path => path === `functions/tickets/${file}`);
    expect(inFile('api/answerFailure.ts')).toHaveLength(3);
    expect(inFile('settings.ts')).toHaveLength(7);
    expect(inFile('api/tickets.ts')).toEqual([]);
  });

  it('is accepted once nothing is marked, wherever else the word stands', async () => {
    await write('functions/tickets/system.ts', "export const state = ['TODO', 'DONE'];");
    await write('tests/tickets/getTicket.test.ts', "it.todo('TODO: more');");
    await write('tests/tools/new.test.ts', "expect('TODO: of a tool')");
    expect(places()).toEqual(['tests/tickets/getTicket.test.ts']);
  });
});
