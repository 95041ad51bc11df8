import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const fieldTypes = [
  'id',
  'string',
  'textarea',
  'email',
  'phone',
  'url',
  'picklist',
  'multipicklist',
  'reference',
  'boolean',
  'int',
  'double',
  'currency',
  'percent',
  'date',
  'datetime',
  'time',
  'address',
  'anyType',
  'base64',
] as const;

const apiName = z.string().regex(/^[A-Za-z]\w*$/, 'must be an API name');

const picklistValue = z.strictObject({
  value: z.string(),
  /** What people see in place of the value. */
  label: z.string().exactOptional(),
  active: z.boolean().exactOptional(),
  /** The values of the field that decides with which it is offered. */
  offeredFor: z.array(z.string()).exactOptional(),
  closed: z.boolean().exactOptional(),
  won: z.boolean().exactOptional(),
  converted: z.boolean().exactOptional(),
  /** Of an opportunity's stage, in percent. */
  probability: z.number().min(0).max(100).exactOptional(),
});

const fieldFile = z
  .strictObject({
    name: apiName,
    label: z.string(),
    type: z.enum(fieldTypes),
    length: z.int().positive().exactOptional(),
    nillable: z.boolean().exactOptional(),
    createable: z.boolean().exactOptional(),
    updateable: z.boolean().exactOptional(),
    defaultedOnCreate: z.boolean().exactOptional(),
    defaultValue: z.union([z.string(), z.boolean()]).exactOptional(),
    calculated: z.boolean().exactOptional(),
    calculatedFormula: z.string().exactOptional(),
    nameField: z.boolean().exactOptional(),
    autoNumber: z.boolean().exactOptional(),
    filterable: z.boolean().exactOptional(),
    hidden: z.boolean().exactOptional(),
    values: z.array(z.union([z.string(), picklistValue])).exactOptional(),
    restrictedPicklist: z.boolean().exactOptional(),
    controllerName: apiName.exactOptional(),
    compoundFieldName: apiName.exactOptional(),
    htmlFormatted: z.boolean().exactOptional(),
    referenceTo: z.array(apiName).min(1).exactOptional(),
    relationshipName: apiName.exactOptional(),
    childRelationship: apiName.exactOptional(),
    cascadeDelete: z.boolean().exactOptional(),
  })
  .refine(({ type, referenceTo }) => (type === 'reference') === (referenceTo !== undefined), {
    path: ['referenceTo'],
    error: 'belongs to fields of type reference, and to each of them',
  })
  .refine(({ type, values }) => type.endsWith('picklist') === (values !== undefined), {
    path: ['values'],
    error: 'belong to fields of type picklist and multipicklist, and to each of them',
  });

const page = z.strictObject({
  /** The developer name of the record type whose page it is; left out, of all that have none of their own. */
  recordType: apiName.exactOptional(),
  /** The fields that people must fill in there, whatever the API demands. */
  required: z.array(apiName),
  /** The values that the record type offers, by field; of fields that are left out all. */
  values: z.record(apiName, z.array(z.string())).exactOptional(),
});

const objectFile = z.strictObject({
  label: z.string(),
  labelPlural: z.string(),
  keyPrefix: z.string().regex(/^[0-9a-zA-Z]{3}$/, 'must be three letters or digits'),
  private: z.boolean().exactOptional(),
  layoutable: z.boolean().exactOptional(),
  duplicateRule: z.strictObject({ field: apiName, allowSave: z.boolean() }).exactOptional(),
  pages: z.array(page).exactOptional(),
  fields: z.array(fieldFile),
});

/** The values of a record by the names of its fields; a reference holds the `$key` of another record. */
const record = z
  .object({ $key: z.string().min(1).exactOptional() })
  .catchall(z.union([z.string(), z.number(), z.boolean(), z.null()]));

const user = record.extend({
  $key: z.string().min(1),
  $access: z.enum(['all', 'own']).default('all'),
  $integration: z.literal(true).exactOptional(),
});

const usersFile = z.array(user).refine(users => users.filter(entry => entry.$integration).length === 1, {
  error: 'exactly one user must have "$integration": true',
});

const currency = z.strictObject({
  isoCode: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
  /** How much of it one unit of the corporate currency is. */
  rate: z.number().positive().default(1),
  corporate: z.literal(true).exactOptional(),
});

const currenciesFile = z
  .array(currency)
  .refine(all => all.filter(({ corporate }) => corporate).length === 1, {
    error: 'exactly one currency must have "corporate": true',
  })
  .refine(all => new Set(all.map(({ isoCode }) => isoCode)).size === all.length, {
    error: 'each currency may be there once',
  });

const reportDefinition = z.strictObject({
  /** The `$key` of its record. */
  report: z.string(),
  reportType: z.string(),
  detailColumns: z.array(z.string()),
  groupingsDown: z.array(z.string()).max(3).default([]),
  groupingsAcross: z.array(z.string()).max(2).default([]),
  /** `s!` and a column is a sum, `a!` an average, `mx!` the most, `m!` the least; and `RowCount`. */
  aggregates: z.array(z.string()).default(['RowCount']),
  filters: z.array(z.strictObject({ column: z.string(), operator: z.string(), value: z.string() })).default([]),
});

/** What reports and dashboards show: it is computed from the records when it is asked for. */
const analyticsFile = z.strictObject({
  /** By the name of the type: its object, and its columns as paths from that. */
  reportTypes: z.record(
    z.string(),
    z.strictObject({
      label: z.string(),
      object: apiName,
      columns: z.record(z.string(), z.strictObject({ label: z.string(), path: z.string() })),
    }),
  ),
  reports: z.array(reportDefinition),
  dashboards: z.array(
    z.strictObject({
      dashboard: z.string(),
      /** The `$key` of the user as whom it runs. */
      runningUser: z.string(),
      /** When its data were computed: `-1d 06:00`. */
      refreshed: z.string().regex(/^-?\d{1,5}d \d\d:\d\d$/),
      filters: z
        .array(z.strictObject({ name: z.string(), column: z.string(), options: z.array(z.string()) }))
        .default([]),
      components: z.array(
        z.strictObject({
          report: z.string(),
          header: z.string(),
          footer: z.string().exactOptional(),
          type: z.string(),
        }),
      ),
    }),
  ),
});

const objectRight = z.enum(['read', 'create', 'edit', 'delete', 'viewAll', 'modifyAll']);

const permission = z.enum(['ApiEnabled', 'RunReports', 'EmailSingle', 'ConvertLeads']);

/** Who may do what, beside the users' `$access`. */
const accessFile = z.strictObject({
  /** What of an object users with the access `own` see and change of others. */
  defaults: z.record(apiName, z.enum(['private', 'read', 'readWrite', 'parent'])).default({}),
  /** Records, by their `$key`, that somebody sees or changes beyond that. */
  shares: z
    .array(z.strictObject({ record: z.string(), with: z.string(), access: z.enum(['read', 'edit']).default('read') }))
    .default([]),
  /** By the `$key` of a user: rights on objects, fields that are closed or only read, permissions that are missing. */
  users: z
    .record(
      z.string(),
      z.strictObject({
        objects: z.record(apiName, z.array(objectRight)).default({}),
        fields: z.record(apiName, z.record(apiName, z.enum(['none', 'read', 'edit']))).default({}),
        lacks: z.array(permission).default([]),
      }),
    )
    .default({}),
});

const recordsFile = z.array(record);
const allRecordsFile = z.record(apiName, recordsFile);

export type PicklistValue = z.infer<typeof picklistValue>;
export type FieldFile = z.infer<typeof fieldFile>;
export type ObjectFile = z.infer<typeof objectFile>;
export type CurrencyData = z.infer<typeof currency>;
export type AnalyticsData = z.infer<typeof analyticsFile>;
export type Access = z.infer<typeof accessFile>;
export type ObjectRight = z.infer<typeof objectRight>;
export type RecordData = z.infer<typeof record>;

/** The records of an object, and where they are. */
interface ObjectRecords {
  objectType: string;
  records: readonly RecordData[];
  file: string;
  /** Within the file; empty where it holds nothing else. */
  place: string;
}

/** The data of an org as its files have them: their shapes are checked, what they refer to is not. */
export interface DataFiles {
  objects: ReadonlyMap<string, ObjectFile>;
  users: z.infer<typeof usersFile>;
  records: readonly ObjectRecords[];
  /** More than one make it an org with several currencies. */
  currencies: z.infer<typeof currenciesFile>;
  /** Without the definitions of records that are not there, where the file is the sandbox's own. */
  analytics: AnalyticsData;
  access: Access;
  /** A file's path, for messages about it. */
  pathOf(file: string): string;
}

const defaultFolder = fileURLToPath(new URL('data/', import.meta.url));

/**
 * Reads `objects/<Object>.json`, `records/<Object>.json` and the other files from `folder`, and from the
 * sandbox's own folder what is missing there. `records.json` stands for all files of records.
 * @throws Error that names each file, place and fault
 */
export async function readDataFiles(folder: string = defaultFolder): Promise<DataFiles> {
  const given = await jsonFilesIn(folder);
  const stray = given.filter(
    file => !/^(users|records|currencies|analytics|access|(objects|records)\/\w+)\.json$/.test(file),
  );
  if (stray.length > 0) {
    throw new Error(
      `${join(folder, stray[0] ?? '')} is no file of the Salesforce sandbox, which reads users.json, currencies.json, analytics.json, access.json, objects/<Object>.json, and records/<Object>.json or records.json.`,
    );
  }
  const pathOf = (file: string) => join(given.includes(file) ? folder : defaultFolder, file);
  const problems: string[] = [];

  const read = async <Schema extends z.ZodType>(
    file: string,
    schema: Schema,
  ): Promise<z.output<Schema> | undefined> => {
    const path = pathOf(file);
    const text = await readFile(path, 'utf8');
    const parsed = schema.safeParse(parse(text, path), { reportInput: false });
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      problems.push(`${path}: ${z.core.toDotPath(issue.path)}${issue.path.length > 0 ? ': ' : ''}${issue.message}`);
    }
    return undefined;
  };

  const files = [...new Set([...(await jsonFilesIn(defaultFolder)), ...given])].sort();
  const objects = new Map<string, ObjectFile>();
  for (const file of files.filter(name => name.startsWith('objects/'))) {
    const object = await read(file, objectFile);
    if (object) objects.set(objectOf(file), object);
  }
  const records: ObjectRecords[] = [];
  const areTogether = given.includes('records.json');
  if (areTogether) {
    for (const [objectType, all] of Object.entries((await read('records.json', allRecordsFile)) ?? {})) {
      records.push({ objectType, records: all, file: 'records.json', place: objectType });
    }
  }
  for (const file of (areTogether ? given : files).filter(name => name.startsWith('records/'))) {
    if (areTogether) problems.push(`${pathOf(file)}: records.json holds all records, where it is there.`);
    const all = await read(file, recordsFile);
    if (all) records.push({ objectType: objectOf(file), records: all, file, place: '' });
  }
  const users = await read('users.json', usersFile);
  const currencies = await read('currencies.json', currenciesFile);
  const analytics = await read('analytics.json', analyticsFile);
  const access = await read('access.json', accessFile);
  if (!users || !currencies || !analytics || !access || problems.length > 0) throw new Error(problems.join('\n'));
  const keys = new Set([...records.flatMap(each => each.records), ...users].map(({ $key }) => $key));
  return {
    objects,
    users,
    records,
    currencies,
    analytics: given.includes('analytics.json') ? analytics : knownAnalytics(analytics, keys),
    access,
    pathOf,
  };
}

const knownAnalytics = (analytics: AnalyticsData, keys: ReadonlySet<string | undefined>): AnalyticsData => ({
  ...analytics,
  reports: analytics.reports.filter(({ report }) => keys.has(report)),
  dashboards: analytics.dashboards.filter(
    ({ dashboard, runningUser, components }) =>
      keys.has(dashboard) && keys.has(runningUser) && components.every(({ report }) => keys.has(report)),
  ),
});

const objectOf = (file: string) => file.replace(/^\w+\/(\w+)\.json$/, '$1');

async function jsonFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => {
    throw new Error(`${folder} is no folder that can be read.`);
  });
  return names.filter(name => name.endsWith('.json')).map(name => name.replaceAll('\\', '/'));
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}
