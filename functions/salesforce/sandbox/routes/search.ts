import * as z from 'zod';
import { canSeeField, schemaFor } from '../access.ts';
import { jsonParserError, malformedSearch, noSuchType } from '../errors.ts';
import type { Row } from '../org.ts';
import { type ApiCall, ok, type Route, route, scopeOf } from '../router.ts';
import { type FieldDefinition, nameFieldOf, type ObjectDefinition } from '../schema.ts';
import { compileSelect, parseSoql, type QueryRecord, rowsOf, runQuery } from '../soql.ts';

export const searchRoutes: Route[] = [
  route('POST', 'parameterizedSearch', call => ok({ searchRecords: search(call) })),
];

/** The part of the resource that is played; anything else in a body is refused. */
const bodySchema = z.strictObject({
  q: z.string(),
  in: z.enum(['ALL', 'NAME']),
  sobjects: z
    .array(
      z.strictObject({
        name: z.string(),
        fields: z.array(z.string()).min(1),
        limit: z.int().positive().optional(),
        where: z.string().optional(),
      }),
    )
    .min(1),
  overallLimit: z.int().positive().max(2000).default(2000),
});

/** Finds the words of `q`, all of them or with OR between them any, in the text fields of the named objects, or in their names alone. */
function search(call: ApiCall): QueryRecord[] {
  const parsed = bodySchema.safeParse(call.body);
  if (!parsed.success) throw jsonParserError(z.prettifyError(parsed.error));
  const { q, sobjects, overallLimit } = parsed.data;
  const isAny = / OR /.test(q);
  const terms = q
    .replaceAll(' OR ', ' ')
    .split(/[^\p{L}\p{N}*?]+/u)
    .filter(Boolean);
  if (terms.join('').replace(/[*?]/g, '').length < 2) {
    throw malformedSearch(`search term must be longer than one character: ${q}`);
  }
  const patterns = terms.map(wordPattern);
  const found = sobjects.flatMap(({ name, fields, limit, where }) => {
    const object = schemaFor(call.viewer, call.org.schema).find(name);
    if (!object) throw noSuchType(q, name);
    const soql = `SELECT ${fields.join(', ')} FROM ${object.name}`;
    const scope = scopeOf(call, soql);
    const project = compileSelect(scope, object, parseSoql(soql));
    const allowed = where === undefined ? undefined : idsWhere(call, object.name, where);
    const searched = object.fields.filter(
      field =>
        isSearched(field) &&
        canSeeField(call.viewer, object, field) &&
        (parsed.data.in === 'ALL' || isOfName(field, object)),
    );
    return rowsOf(scope, object)
      .filter(row => allowed?.has(row.Id) ?? true)
      .filter(row => matches(row, searched, { patterns, isAny }))
      .slice(0, limit)
      .map(project);
  });
  return found.slice(0, overallLimit);
}

function idsWhere(call: ApiCall, name: string, where: string): Set<unknown> {
  const { records } = runQuery(scopeOf(call, `SELECT Id FROM ${name} WHERE ${where}`));
  return new Set(records.map(({ Id }) => Id));
}

const isSearched = (field: FieldDefinition): boolean =>
  field.length > 0 && !['id', 'reference', 'picklist', 'base64'].includes(field.type);

/** Names of people are in parts. */
const isOfName = (field: FieldDefinition, object: ObjectDefinition): boolean =>
  field === nameFieldOf(object) || ['FirstName', 'LastName'].includes(field.name);

/** Every term, or any, must be a word of the record. Case and accents do not matter. */
function matches(
  row: Row,
  fields: FieldDefinition[],
  { patterns, isAny }: { patterns: RegExp[]; isAny: boolean },
): boolean {
  const text = fold(fields.map(field => row[field.name] ?? '').join(' '));
  const isThere = (pattern: RegExp) => pattern.test(text);
  return isAny ? patterns.some(isThere) : patterns.every(isThere);
}

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** `*` stands for any number of letters and digits, `?` for one. */
function wordPattern(term: string): RegExp {
  const source = fold(term).replaceAll('*', '[\\p{L}\\p{N}]*').replaceAll('?', '[\\p{L}\\p{N}]');
  return new RegExp(`(?<![\\p{L}\\p{N}])${source}(?![\\p{L}\\p{N}])`, 'u');
}
