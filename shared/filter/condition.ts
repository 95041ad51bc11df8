import * as z from 'zod';
import { strictJson } from '../strictJson.ts';
import { quoted } from '../text.ts';
import { folded } from './label.ts';

/** What a field is compared with. */
export type Value = string | number | boolean;

/** What a field must hold. */
export type Test =
  /** One of these; `orEmpty` where an empty field will do as well. */
  | { kind: 'oneOf'; values: readonly Value[]; orEmpty: boolean }
  /** At least `from` and at most `to`; one of them may be left out. */
  | { kind: 'between'; from?: Value; to?: Value }
  | { kind: 'contains'; text: string }
  | { kind: 'empty' };

/** A condition on a field, by its label or its ID, as a caller gives it. It names no system. */
export interface Condition {
  label: string;
  test: Test;
  /** True where the field must be anything else. An empty field is something else than any value. */
  isNot: boolean;
}

/** The forms of a condition, for messages. */
const FORMS =
  'a value, a list of values, {"from": 1, "to": 9} with either end or both, {"contains": "text"}, {"empty": true}, null for empty, or {"not": …} of one of these';

const MAX_CONDITIONS = 20;
const MAX_VALUES = 100;
const MAX_TEXT = 1_000;
const MAX_NOT = 4;

/** What is wrong with the text of conditions. */
class Wrong extends Error {}

/**
 * Reads conditions: one JSON object as a text, with the labels of fields as names, such as
 * `{"Status": ["Open", "New"], "Amount": {"from": 5000}, "Next step": {"empty": true}}`. All of them must hold.
 */
export function readConditions(text: string): { conditions: Condition[] } | { problem: string } {
  const { value, problem } = strictJson(text);
  if (problem !== undefined || !isObject(value)) {
    return {
      problem: `It ${problem ?? 'is no object'}. It must be a JSON object as a string, such as {"Status": "Open", "Due date": {"to": "2026-11-30"}}.`,
    };
  }
  const entries = Object.entries(value);
  if (entries.length > MAX_CONDITIONS) return { problem: `It must have at most ${MAX_CONDITIONS} conditions.` };
  const labels = new Set<string>();
  const conditions: Condition[] = [];
  for (const [label, given] of entries) {
    try {
      if (label.trim() === '') throw new Wrong('A condition has no label. Give that of the field.');
      if (labels.has(folded(label))) throw new Wrong(`${quoted(label)} is given twice.`);
      labels.add(folded(label));
      conditions.push({ label: label.trim(), ...readTest(given) });
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      return { problem: error.message || `${quoted(label)}: it must be ${FORMS}.` };
    }
  }
  return { conditions };
}

function readTest(given: unknown): Pick<Condition, 'test' | 'isNot'> {
  let [inner, isNot] = [given, false];
  for (let depth = 0; isObject(inner) && Object.hasOwn(inner, 'not'); depth += 1) {
    if (Object.keys(inner).length > 1 || depth === MAX_NOT) throw new Wrong();
    inner = inner.not;
    isNot = !isNot;
  }
  if (inner === null) return { test: { kind: 'empty' }, isNot };
  if (Array.isArray(inner)) return { test: readList(inner), isNot };
  const value = readValue(inner);
  if (value !== undefined) return { test: { kind: 'oneOf', values: [value], orEmpty: false }, isNot };
  if (!isObject(inner)) throw new Wrong();
  const { from, to, contains, empty, ...others } = inner;
  if (Object.keys(others).length > 0) throw new Wrong();
  const hasBounds = from !== undefined || to !== undefined;
  if ([hasBounds, contains !== undefined, empty !== undefined].filter(Boolean).length !== 1) throw new Wrong();
  if (hasBounds) return { test: readBounds(from, to), isNot };
  if (contains !== undefined) {
    if (typeof contains !== 'string' || contains.trim() === '' || contains.length > MAX_TEXT) throw new Wrong();
    return { test: { kind: 'contains', text: contains.trim() }, isNot };
  }
  if (typeof empty !== 'boolean') throw new Wrong();
  return { test: { kind: 'empty' }, isNot: isNot === empty };
}

function readList(given: readonly unknown[]): Test {
  if (given.length === 0 || given.length > MAX_VALUES) throw new Wrong();
  const values = given
    .filter(item => item !== null)
    .map(item => {
      const value = readValue(item);
      if (value === undefined) throw new Wrong();
      return value;
    });
  const orEmpty = values.length < given.length;
  return values.length === 0 ? { kind: 'empty' } : { kind: 'oneOf', values: [...new Set(values)], orEmpty };
}

function readBounds(from: unknown, to: unknown): Test {
  const [low, high] = [from, to].map(bound => {
    if (bound === undefined || bound === null) return undefined;
    const value = readValue(bound);
    if (value === undefined || typeof value === 'boolean') throw new Wrong();
    return value;
  });
  if (low === undefined && high === undefined) throw new Wrong();
  return { kind: 'between', ...(low !== undefined && { from: low }), ...(high !== undefined && { to: high }) };
}

/** A value that is written as an object: a vendor's own form, or the form in which Copilot Studio's runtime sends what is typed. */
const wrapped = z.union([
  z.strictObject({ $kind: z.string(), value: z.string() }).transform(({ value }) => value),
  z.strictObject({ value: z.string() }).transform(({ value }) => value),
  z.strictObject({ name: z.string() }).transform(({ name }) => name),
  z.strictObject({ accountId: z.string() }).transform(({ accountId }) => accountId),
]);

/** Undefined for what is no value. */
function readValue(given: unknown): Value | undefined {
  const value = isObject(given) ? wrapped.safeParse(given).data : given;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' && value.trim() !== '' && value.length <= MAX_TEXT ? value.trim() : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
