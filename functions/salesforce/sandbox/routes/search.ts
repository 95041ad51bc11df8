import * as z from 'zod';
import { jsonParserError, malformedSearch, noSuchType } from './errors.ts';
import type { Row } from './org.ts';
import { type FieldDefinition, findField, findObject, type ObjectDefinition, objects } from './schema.ts';
import { compileSelect, compileWhere, parseSoql, type QueryRecord, type QueryScope, rowsOf } from './soql.ts';
import { sort } from './soqlOrder.ts';

interface Wanted {
  object: ObjectDefinition;
  /** A SELECT of the fields to return, with its WHERE, ORDER BY and LIMIT. */
  soql: string;
}

type Group = keyof typeof fieldGroups;

const fieldGroups = {
  ALL: (field: FieldDefinition) => field.length > 0 && !['id', 'reference', 'picklist'].includes(field.type),
  NAME: (field: FieldDefinition) => field.nameField || ['FirstName', 'LastName', 'Subject'].includes(field.name),
  EMAIL: (field: FieldDefinition) => field.type === 'email',
  PHONE: (field: FieldDefinition) => field.type === 'phone',
};

const names = z.union([z.array(z.string()), z.string().transform(text => text.split(','))]);
const soughtSchema = z.object({
  name: z.string(),
  fields: names.optional(),
  where: z.string().optional(),
  orderBy: z.string().optional(),
  limit: z.coerce.number().int().positive().optional(),
});
const bodySchema = z.object({
  q: z.string(),
  in: z.string().default('ALL'),
  fields: names.optional(),
  sobjects: z.array(soughtSchema).optional(),
  overallLimit: z.coerce.number().int().positive().max(2000).default(2000),
  defaultLimit: z.coerce.number().int().positive().max(2000).optional(),
  spellCorrection: z.union([z.boolean(), z.stringbool()]).optional(),
});

/** `parameterizedSearch`: the words of `q`, with no operators, in any of the named objects. */
export function parameterizedSearch(scope: QueryScope, asked: unknown): { searchRecords: QueryRecord[] } {
  const parsed = bodySchema.safeParse(asked instanceof URLSearchParams ? bodyOf(asked) : asked);
  if (!parsed.success) throw jsonParserError(z.prettifyError(parsed.error));
  const { q, fields, sobjects, overallLimit, defaultLimit } = parsed.data;
  const wanted = (sobjects ?? objects.map(({ name }): z.infer<typeof soughtSchema> => ({ name }))).map(sought => {
    const object = findObject(sought.name);
    if (!object) throw noSuchType(q, sought.name);
    const chosen = sought.fields ?? fields?.filter(name => findField(object, name));
    return { object, soql: select(object, chosen, { ...sought, limit: sought.limit ?? defaultLimit }) };
  });
  return { searchRecords: search(scope, q, groupOf(parsed.data.in), wanted).slice(0, overallLimit) };
}

/** The same question as query parameters: `sobject=Account&Account.fields=Id,Name&Account.limit=5`. */
function bodyOf(query: URLSearchParams): Record<string, unknown> {
  const part = (name: string) => query.get(name) ?? undefined;
  const sobjects = query.getAll('sobject').map(name => ({
    name,
    fields: part(`${name}.fields`),
    where: part(`${name}.where`),
    orderBy: part(`${name}.orderBy`),
    limit: part(`${name}.limit`),
  }));
  return { ...Object.fromEntries(query), ...(sobjects.length > 0 ? { sobjects } : {}) };
}

/** A small part of SOSL: `FIND {words} IN NAME FIELDS RETURNING Account(Id, Name WHERE … LIMIT 5), Contact`. */
export function searchBySosl(scope: QueryScope, sosl: string): { searchRecords: QueryRecord[] } {
  const [, words, group, returning, limit] =
    /^\s*FIND\s*\{((?:\\.|[^}\\])*)\}\s*(?:IN\s+(\w+)\s+FIELDS)?\s*(?:RETURNING\s+(.*?))?\s*(?:\sLIMIT\s+(\d+))?\s*$/is.exec(
      sosl,
    ) ?? [];
  if (words === undefined)
    throw malformedSearch(`No search term found. The search term must be enclosed in braces: ${sosl}`);
  const named = [
    ...(returning ?? '').matchAll(/(\w+)\s*(?:\(((?:'(?:\\.|[^'\\])*'|\([^)]*\)|[^()'])*)\))?\s*(?:,|$)/g),
  ];
  const wanted = named.map(([, name = '', inner]): Wanted => {
    const object = findObject(name);
    if (!object) throw noSuchType(sosl, name);
    const [, fields = 'Id', rest = ''] = /^(.*?)(\s(?:WHERE|ORDER|LIMIT|OFFSET)\s.*)?$/is.exec(inner ?? 'Id') ?? [];
    return { object, soql: `SELECT ${fields} FROM ${object.name}${rest}` };
  });
  const everywhere = objects.map(object => ({ object, soql: select(object, undefined, {}) }));
  const terms = words.replace(/\\(.)/g, '$1');
  const found = search(scope, terms, groupOf(group ?? 'ALL'), wanted.length > 0 ? wanted : everywhere);
  return { searchRecords: found.slice(0, Number(limit ?? 2000)) };
}

function select(
  object: ObjectDefinition,
  fields: string[] | undefined,
  { where, orderBy, limit }: { where?: string | undefined; orderBy?: string | undefined; limit?: number | undefined },
): string {
  return [
    `SELECT ${fields && fields.length > 0 ? fields.join(', ') : 'Id'} FROM ${object.name}`,
    where && `WHERE ${where}`,
    orderBy && `ORDER BY ${orderBy}`,
    limit && `LIMIT ${limit}`,
  ]
    .filter(Boolean)
    .join(' ');
}

function groupOf(text: string): Group {
  const group = text.toUpperCase();
  if (group in fieldGroups) return group as Group;
  throw malformedSearch(`Invalid search group: ${text}`);
}

function search(scope: QueryScope, words: string, group: Group, wanted: Wanted[]): QueryRecord[] {
  const terms = words.split(/[^\p{L}\p{N}*?]+/u).filter(Boolean);
  if (terms.join('').replace(/[*?]/g, '').length < 2) {
    throw malformedSearch(`search term must be longer than one character: ${words}`);
  }
  const patterns = terms.map(wordPattern);
  return wanted.flatMap(({ object, soql }) => {
    const inner: QueryScope = { ...scope, soql };
    const query = parseSoql(soql);
    const matches = query.where ? compileWhere(inner, object, query.where) : () => true;
    const fields = object.fields.filter(fieldGroups[group]);
    const rows = rowsOf(inner, object).filter(row => matches(row) && speaksOf(row, fields, patterns));
    const project = compileSelect(inner, object, query);
    return sort(inner, object, rows, query).slice(0, query.limit).map(project);
  });
}

/** Every term must be a word of the record's; `*` is the rest of a word, `?` a letter. Case and accents do not count. */
function speaksOf(row: Row, fields: FieldDefinition[], patterns: RegExp[]): boolean {
  const text = fold(fields.map(field => row[field.name] ?? '').join(' '));
  return patterns.every(pattern => pattern.test(text));
}

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

function wordPattern(term: string): RegExp {
  const source = fold(term).replaceAll('*', '[\\p{L}\\p{N}]*').replaceAll('?', '[\\p{L}\\p{N}]');
  return new RegExp(`(?<![\\p{L}\\p{N}])${source}(?![\\p{L}\\p{N}])`, 'u');
}
