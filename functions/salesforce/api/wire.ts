import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';

// The parts of Salesforce's answers that are used, as
// https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/ has them; the rest is dropped.

export type SalesforceRecord = Record<string, unknown>;

/** Records are checked by whoever reads their fields; a schema here would copy every field, which is slow. */
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

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_graph.htm */
export const graphSchema = z.object({
  graphs: z.array(z.object({ isSuccessful: z.boolean(), graphResponse: compositeSchema })).min(1),
});

export const searchSchema = z.object({
  searchRecords: z.array(z.looseObject({ Id: z.string(), attributes: z.object({ type: z.string() }) })),
});

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_process_approvals_submit.htm */
export const approvalSchema = z
  .array(
    z.object({
      instanceId: z.string().nullish(),
      instanceStatus: z.string().nullish(),
      actorIds: z
        .array(z.string())
        .nullish()
        .transform(ids => ids ?? []),
      success: z.literal(true),
    }),
  )
  .length(1);

/** https://developer.salesforce.com/docs/atlas.en-us.knowledge_dev.meta/knowledge_dev/resources_knowledge_retrieve_language.htm */
export const knowledgeSettingsSchema = z.object({
  defaultLanguage: z.string().nullish(),
  languages: z
    .array(z.object({ name: z.string(), active: z.boolean().nullish() }))
    .nullish()
    .transform(languages => (languages ?? []).flatMap(({ name, active }) => (active === false ? [] : [name]))),
});

export const savedSchema = z.object({ id: z.string() });

/** What jsforce returns for the empty 204 that confirms a change. */
export const confirmedSchema = z.object({ success: z.literal(true) });

/** Older API versions leave some properties out, or have null. */
export const flag = (usual: boolean) =>
  z
    .boolean()
    .nullish()
    .transform(value => value ?? usual);
export const list = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform(items => items ?? []);

const fieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  length: z.number().nullish(),
  nillable: flag(true),
  createable: flag(false),
  updateable: flag(false),
  defaultedOnCreate: flag(false),
  filterable: flag(true),
  sortable: flag(true),
  groupable: flag(true),
  aggregatable: flag(true),
  calculated: flag(false),
  calculatedFormula: z.string().nullish(),
  autoNumber: flag(false),
  htmlFormatted: flag(false),
  /** Digits behind the point of a number. */
  scale: z.number().nullish(),
  nameField: flag(false),
  custom: flag(false),
  deprecatedAndHidden: flag(false),
  compoundFieldName: z.string().nullish(),
  inlineHelpText: z.string().nullish(),
  referenceTo: list(z.string()),
  relationshipName: z.string().nullish(),
  /** Salesforce takes any text where it is false. */
  restrictedPicklist: flag(false),
  /** The field whose value decides which choices there are. */
  controllerName: z.string().nullish(),
  picklistValues: list(
    z.object({ value: z.string(), label: z.string().nullish(), active: flag(true), validFor: z.string().nullish() }),
  ),
});

const objectShape = {
  name: z.string(),
  label: z.string(),
  labelPlural: z.string().nullish(),
  custom: flag(false),
  createable: flag(true),
  updateable: flag(true),
};

export const describeSchema = z.object({
  ...objectShape,
  fields: z.array(fieldSchema),
  recordTypeInfos: list(
    z.object({
      recordTypeId: z.string(),
      name: z.string(),
      developerName: z.string().nullish(),
      available: flag(true),
      active: flag(true),
      master: flag(false),
      defaultRecordTypeMapping: flag(false),
    }),
  ),
  childRelationships: list(z.object({ childSObject: z.string(), relationshipName: z.string().nullish() })),
});

export const describeGlobalSchema = z.object({
  sobjects: z.array(
    z.object({
      ...objectShape,
      keyPrefix: z.string().nullish(),
      queryable: flag(true),
      layoutable: flag(true),
      customSetting: flag(false),
      deprecatedAndHidden: flag(false),
    }),
  ),
});

export type FieldDescription = z.output<typeof fieldSchema>;
export type ObjectDescription = z.output<typeof describeSchema>;
export type ObjectSummary = z.output<typeof describeGlobalSchema>['sobjects'][number];

/** Parses an answer. @throws Failure `upstream_error` when it does not match, such as a page of HTML */
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
