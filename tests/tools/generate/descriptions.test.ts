import { describe, expect, it } from 'vitest';
import { systems } from '../../../functions/everySystem.ts';
import { instructions } from '../../../shared/action/instructions.ts';
import { actions } from '../../support/sandboxedActions.ts';

const names = actions.map(({ name }) => name);

/** What looks like an action's name in a text. */
const verbs = [...new Set(names.map(name => /^[a-z]+/.exec(name)?.[0]))].join('|');
const mention = new RegExp(`\\b(?:${verbs})[A-Z]\\w+`, 'g');
const mentioned = (text: string) => text.match(mention) ?? [];

/** A description's words, without those that every one has. */
const wordsOf = (text: string) => new Set(text.toLowerCase().match(/[a-z]{4,}/g));

/** How much of the smaller of two texts is in the other one, from 0 to 1. */
function likeness(one: string, other: string): number {
  const [small, large] = [wordsOf(one), wordsOf(other)].sort((a, b) => a.size - b.size);
  return small && large ? [...small].filter(word => large.has(word)).length / small.size : 0;
}

describe('the description of', () => {
  it.each(actions)('$name says what it does, when to use it, and when to use another', ({ name, description }) => {
    expect(description).toMatch(/^[A-Z][a-z]+s? .*\. Use it (when|to|for|before|after) .*\.$/s);
    expect(description.length).toBeGreaterThan(80);
    expect(description.length).toBeLessThanOrEqual(1000);
    const others = mentioned(description).filter(mention => mention !== name);
    expect(others).not.toEqual([]);
  });

  it.each(actions)('$name mentions only actions that there are', ({ description, input }) => {
    const texts = [
      description,
      ...Object.values(input.shape).map(schema => (schema as { description?: string }).description ?? ''),
    ];
    expect(texts.flatMap(mentioned).filter(mention => !names.includes(mention))).toEqual([]);
  });

  const pairs = actions.flatMap((one, at) => actions.slice(at + 1).map(other => ({ one, other })));

  it('no action could be mistaken for that of another', () => {
    const alike = pairs
      .filter(({ one, other }) => one.title === other.title || likeness(one.description, other.description) > 0.75)
      .map(({ one, other }) => `${one.name} and ${other.name}`);
    expect(alike).toEqual([]);
  });
});

it('the instructions for all of them mention only actions that there are', () => {
  expect(mentioned(instructions(systems)).filter(mention => !names.includes(mention))).toEqual([]);
});
