import * as z from 'zod';
import { Failure } from '../failure.ts';

// The parts of Salesforce's answers that are used, as
// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/ has them; the rest is dropped.

export type SalesforceRecord = Record<string, unknown>;

/** What a record holds is for who asked to say; copying each of its fields here would cost more than all else. */
const recordSchema = z.custom<SalesforceRecord>(value => typeof value === 'object' && value !== null);

export const querySchema = z.object({
  totalSize: z.number().nullish(),
  done: z.boolean().nullish(),
  nextRecordsUrl: z.string().nullish(),
  records: z.array(recordSchema),
});

export const compositeSchema = z.object({
  compositeResponse: z.array(z.object({ body: z.unknown(), httpStatusCode: z.number() })),
});

export const searchSchema = z.object({
  searchRecords: z.array(z.looseObject({ Id: z.string(), attributes: z.object({ type: z.string() }) })),
});

export const savedSchema = z.object({ id: z.string() });

const fieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  length: z.number().nullish(),
  nillable: z.boolean().default(true),
  createable: z.boolean().default(false),
  updateable: z.boolean().default(false),
  defaultedOnCreate: z.boolean().default(false),
  calculated: z.boolean().default(false),
  nameField: z.boolean().default(false),
  custom: z.boolean().default(false),
  deprecatedAndHidden: z.boolean().default(false),
  compoundFieldName: z.string().nullish(),
  inlineHelpText: z.string().nullish(),
  referenceTo: z.array(z.string()).default([]),
  relationshipName: z.string().nullish(),
  picklistValues: z
    .array(z.object({ value: z.string(), label: z.string().nullish(), active: z.boolean().default(true) }))
    .default([]),
});

const objectShape = {
  name: z.string(),
  label: z.string(),
  labelPlural: z.string().nullish(),
  custom: z.boolean().default(false),
  createable: z.boolean().default(true),
  updateable: z.boolean().default(true),
};

export const describeSchema = z.object({ ...objectShape, fields: z.array(fieldSchema) });

export const describeGlobalSchema = z.object({
  sobjects: z.array(
    z.object({
      ...objectShape,
      queryable: z.boolean().default(true),
      layoutable: z.boolean().default(true),
      customSetting: z.boolean().default(false),
      deprecatedAndHidden: z.boolean().default(false),
    }),
  ),
});

export type FieldDescription = z.output<typeof fieldSchema>;
export type ObjectDescription = z.output<typeof describeSchema>;
export type ObjectSummary = z.output<typeof describeGlobalSchema>['sobjects'][number];

/** Reads an answer by its schema. @throws Failure `upstream_error` when it is something else, such as a page of HTML */
export function read<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(answer);
  if (success) return data;
  throw garbled(error);
}

export function garbled(cause?: unknown): Failure {
  return new Failure('upstream_error', 'Salesforce answered with something unreadable. Try again in a minute.', {
    cause,
  });
}
