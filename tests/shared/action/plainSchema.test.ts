import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { inputSchema, outputSchema } from '../../../shared/action/plainSchema.ts';

const input = (shape: z.ZodRawShape) => inputSchema({ name: 'doIt', input: z.object(shape) });
const output = (shape: z.ZodRawShape) => outputSchema({ output: z.object(shape) }).properties;

describe('an input', () => {
  it.each([
    [
      'text',
      z.string().trim().regex(/^x/).describe('A text.'),
      { type: 'string', description: 'A text.', maxLength: 255 },
    ],
    ['whole number', z.int().min(1).max(9), { type: 'integer', minimum: 1, maximum: 9 }],
    ['whole number without limits', z.int(), { type: 'integer' }],
    ['positive whole number', z.int().positive(), { type: 'integer', minimum: 1 }],
    ['number above a limit', z.number().gt(0).max(2.5), { type: 'number', maximum: 2.5 }],
    ['choice', z.enum(['a', 'b']).default('a'), { type: 'string', enum: ['a', 'b'], default: 'a' }],
    ['choice between literals', z.union([z.literal('a'), z.literal('b')]), { type: 'string', enum: ['a', 'b'] }],
    ['yes or no', z.boolean().optional(), { type: 'boolean' }],
    ['text that becomes something else', z.string().max(9).transform(Number), { type: 'string', maxLength: 9 }],
    [
      'text or nothing',
      z.string().nullable().describe('Maybe.'),
      { type: 'string', description: 'Maybe.', maxLength: 255 },
    ],
  ])('that is a %s has one plain type', (_, schema, expected) => {
    expect(input({ it: schema }).properties.it).toEqual(expected);
  });

  it('is required unless it is optional or has a default', () => {
    expect(input({ a: z.string(), b: z.string().optional(), c: z.string().default('x') }).required).toEqual(['a']);
    expect(input({ b: z.string().optional() })).not.toHaveProperty('required');
  });

  it.each([
    ['a list', z.array(z.string())],
    ['an object', z.object({ a: z.string() })],
    ['of several types', z.union([z.string(), z.int()])],
  ])('that is %s is refused by name', (_, schema) => {
    expect(() => input({ them: schema })).toThrow(
      'doIt takes them, which is not a string, a number, a boolean or an enum.',
    );
  });
});

describe('an output', () => {
  it('keeps its nesting, and what must be there', () => {
    const item = z.object({ key: z.string(), url: z.url().optional() });
    expect(output({ items: z.array(item).describe('All.') }).items).toEqual({
      type: 'array',
      description: 'All.',
      items: {
        type: 'object',
        properties: { key: { type: 'string' }, url: { type: 'string', format: 'uri' } },
        required: ['key'],
      },
    });
  });

  it('tells a record by the type of its values, or that they may be of any', () => {
    expect(output({ counts: z.record(z.string(), z.int()) }).counts).toEqual({
      type: 'object',
      additionalProperties: { type: 'integer' },
    });
    const any = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
    expect(output({ fields: any }).fields).toEqual({ type: 'object', additionalProperties: {} });
  });

  it('has no defaults: what is there was put there', () => {
    expect(output({ done: z.boolean().default(false) }).done).toEqual({ type: 'boolean' });
  });
});
