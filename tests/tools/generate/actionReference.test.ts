import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureCodes } from '../../../shared/failure.ts';
import { actions, sandboxedActions } from '../../support/sandboxedActions.ts';

const reference = readFileSync(resolve(import.meta.dirname, '../../../docs/actions.md'), 'utf8');

/** The part of the reference that is about one action. */
const sectionOf = (name: string) =>
  reference.split(/^(?=##+ )/m).find(section => section.startsWith(`#### ${name}\n`)) ?? '';

describe('docs/actions.md', () => {
  it.each(actions)('tells all that there is to know of $name', ({ name, description, access, system, input }) => {
    const section = sectionOf(name);
    expect(section).toContain(description);
    for (const field of Object.keys(input.shape)) expect(section).toContain(`| \`${field}\``);
    expect(section).toContain(`${access === 'read' ? 'GET' : 'POST'} /api/${system}/${name}`);
  });

  it.each(sandboxedActions)('shows an answer of $name that is one', ({ name, output }) => {
    const [, sample = ''] = /```json\n(.*?)\n```/s.exec(sectionOf(name)) ?? [];
    expect(output.strict().safeParse(JSON.parse(sample)).error).toBeUndefined();
  });

  it('links to every action, and explains every failure', () => {
    for (const { name } of actions) expect(reference).toContain(`[${name}](#${name.toLowerCase()})`);
    for (const code of Object.keys(failureCodes)) expect(reference).toContain(`| \`${code}\` |`);
  });

  it('says nothing of the machine that wrote it', () => {
    expect(reference).not.toMatch(/127\.0\.0\.1|localhost|undefined/);
  });
});
