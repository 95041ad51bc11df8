import * as z from 'zod';
import type { Guard } from './guard.ts';

const fieldsSchema = z.array(
  z.looseObject({
    id: z.string(),
    schema: z.looseObject({ custom: z.string().nullish(), type: z.string().nullish() }).nullish().catch(undefined),
  }),
);

const typesByCall = new WeakMap<Guard['memory'], Promise<ReadonlyMap<string, string>>>();

/** The types of the site's fields, by their IDs: of custom ones such as `com.pyxis.greenhopper.jira:gh-sprint`. */
export function fieldTypes({ memory, ask }: Guard): Promise<ReadonlyMap<string, string>> {
  const types = typesByCall.get(memory) ?? ask('/rest/api/3/field').then(typesIn);
  typesByCall.set(memory, types);
  return types;
}

function typesIn(answer: unknown): ReadonlyMap<string, string> {
  return new Map(fieldsSchema.parse(answer).map(({ id, schema }) => [id, schema?.custom ?? schema?.type ?? '']));
}
