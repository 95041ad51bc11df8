import { dayAt } from '../../../shared/time/timeZone.ts';
import type { Viewer } from './access.ts';
import { relateAll } from './activityRelations.ts';
import { publishAll } from './content.ts';
import { createCurrencies, currencyRecords, withCurrencies } from './currencies.ts';
import type { DataFiles, RecordData } from './dataFiles.ts';
import { neededFields } from './derivedFields.ts';
import { Refusal } from './errors.ts';
import { createOrg, type FieldValue, type NewRecord, type Org, type Row } from './org.ts';
import { recordId } from './recordId.ts';
import { salesforceTime } from './salesforceTime.ts';
import { createSchema, type FieldDefinition, findField, type ObjectDefinition, type Schema } from './schema.ts';
import { checkedValue, missingFields } from './writes.ts';

export interface FilledOrg {
  org: Org;
  /** The id of the user as whom the client credentials sign in. */
  integrationUser: string;
  /** The users by their ids, with what they may. */
  viewers: ReadonlyMap<string, Viewer>;
}

/** A record of a file, with the place that messages about it name. */
interface Entry {
  object: ObjectDefinition;
  data: RecordData;
  file: string;
  place: string;
  id: string;
}

/**
 * Makes the org that the data files describe. Relative dates count from today, by the clock of the integration user.
 * @throws Error with a line for each fault: what refers to nothing, does not fit its field, or follows from other fields
 */
export function fillOrg(files: DataFiles, now: () => Date): FilledOrg {
  const schema = createSchema(withCurrencies(files.objects, files.currencies));
  const problems = [...schemaProblems(files, schema), ...accessProblems(files, schema)];
  const report = (file: string, place: string, message: string) =>
    void problems.push(`${files.pathOf(file)}: ${place}: ${message}`);

  const entries: Entry[] = [];
  const addEntries = (objectType: string, records: readonly RecordData[], file: string, prefix: string) => {
    const object = schema.objects.find(({ name }) => name === objectType);
    if (!object) return report(file, prefix, `there is no object ${objectType}.`);
    for (const [at, data] of records.entries()) {
      entries.push({ object, data, file, place: `${prefix}[${at}]`, id: recordId(object.keyPrefix, at + 1) });
    }
  };
  const users = files.users.map(
    ({ $access: _access, $integration: _integration, ...data }): RecordData => ({
      IsActive: true,
      ...data,
    }),
  );
  addEntries('User', users, 'users.json', '');
  for (const { objectType, records, file, place } of files.records) {
    if (objectType === 'User') report(file, place, 'users belong into users.json.');
    else addEntries(objectType, records, file, place);
  }

  const currencyTypes = currencyRecords(files.currencies);
  if (currencyTypes.length > 0) addEntries('CurrencyType', currencyTypes, 'currencies.json', '');

  const byKey = new Map<string, Entry>();
  for (const entry of entries) {
    const { $key } = entry.data;
    if ($key === undefined) continue;
    const other = byKey.get($key);
    if (other) report(entry.file, `${entry.place}.$key`, `'${$key}' is the $key of ${other.place}, too.`);
    else byKey.set($key, entry);
  }

  const idOf = (key: string, place: string, file = 'analytics.json') => {
    const id = byKey.get(key)?.id;
    if (id === undefined) report(file, place, `there is no record whose $key is '${key}'.`);
    return id ?? '';
  };
  for (const key of Object.keys(files.access.users)) idOf(key, 'users', 'access.json');
  const shares: Record<string, Record<string, 'read' | 'edit'>> = {};
  for (const [at, { record, with: user, access }] of files.access.shares.entries()) {
    const [recordId, userId] = [record, user].map(key => idOf(key, `shares[${at}]`, 'access.json'));
    if (recordId && userId) shares[recordId] = { ...shares[recordId], [userId]: access };
  }
  const org = createOrg(schema, now, {
    sharing: { defaults: files.access.defaults, shares },
    currencies: createCurrencies(files.currencies),
    analytics: {
      ...files.analytics,
      reports: files.analytics.reports.map(each => ({ ...each, report: idOf(each.report, 'reports') })),
      dashboards: files.analytics.dashboards.map(each => ({
        ...each,
        dashboard: idOf(each.dashboard, 'dashboards'),
        runningUser: idOf(each.runningUser, 'dashboards'),
        components: each.components.map(part => ({ ...part, report: idOf(part.report, 'dashboards') })),
      })),
    },
  });
  const zone = files.users.find(({ $integration }) => $integration)?.TimeZoneSidKey;
  const today = dayAt(now(), typeof zone === 'string' ? zone : 'UTC');
  const valuesOf = ({ object, data: { $key, ...data }, file, place }: Entry): Record<string, FieldValue> => {
    const values: Record<string, FieldValue> = {};
    for (const [name, value] of Object.entries(data)) {
      const field = object.fields.find(each => each.name === name);
      if (!field) report(file, `${place}.${name}`, `${object.name} has no field ${name}.`);
      else if (field.type === 'id') report(file, `${place}.${name}`, 'the sandbox gives records their ids.');
      else {
        try {
          values[name] =
            field.type === 'reference'
              ? targetId(byKey, field, value)
              : checkedValue(org, field, absolute(field, value, new Date(today)));
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          report(file, `${place}.${name}`, error.message);
        }
      }
    }
    const missing = missingFields(object, values);
    if (missing.length > 0) report(file, place, `required fields are missing: ${missing.join(', ')}.`);
    return { ...stampsOf(values), ...values };
  };

  const records = entries.map((entry): NewRecord => ({ object: entry.object, values: valuesOf(entry) }));
  if (problems.length > 0) throw new Error(problems.join('\n'));

  const integrationUser = recordId(
    schema.find('User')?.keyPrefix ?? '',
    files.users.findIndex(({ $integration }) => $integration) + 1,
  );
  const rows = org.insertAll(records, integrationUser);
  for (const [at, { values }] of records.entries()) {
    const [entry, row] = [entries[at], rows[at]];
    for (const [name, value] of Object.entries(values)) {
      if (!entry || !row || row[name] === value) continue;
      report(
        entry.file,
        `${entry.place}.${name}`,
        `follows from other fields, and is then ${JSON.stringify(row[name])}.`,
      );
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));

  relateAll(org, integrationUser);
  publishAll(org);
  dateLastActivities(org, today);
  const viewers = files.users.map(({ $key, $access }): [string, Viewer] => {
    const Id = byKey.get($key)?.id ?? '';
    const rights = files.access.users[$key];
    return [Id, { Id, access: $access, ...(rights && { rights }) }];
  });
  return { org, integrationUser, viewers: new Map(viewers) };
}

/** What is wrong with the description of the objects, though each file has the right shape. */
function schemaProblems(files: DataFiles, schema: Schema): string[] {
  const prefixes = new Map<string, string>();
  return schema.objects.flatMap(({ name, keyPrefix, fields }) => {
    const found: string[] = [];
    const path = files.pathOf(`objects/${name}.json`);
    const other = prefixes.get(keyPrefix);
    if (other) found.push(`${path}: keyPrefix: ${keyPrefix} is the key prefix of ${other}, too.`);
    prefixes.set(keyPrefix, name);
    for (const field of neededFields(name)) {
      if (!fields.some(each => each.name === field)) found.push(`${path}: fields: the sandbox computes with ${field}.`);
    }
    const own = files.objects.get(name)?.fields ?? [];
    for (const [at, { name: fieldName, referenceTo = [], defaultValue, values }] of own.entries()) {
      const place = `${path}: fields[${at}]`;
      const twins = fields.filter(each => each.name.toLowerCase() === fieldName.toLowerCase());
      if (twins.length > 1) found.push(`${place}.name: there is more than one field ${fieldName}.`);
      for (const target of referenceTo) {
        const isThere = schema.objects.some(each => each.name === target);
        if (!isThere) found.push(`${place}.referenceTo: there is no object ${target}.`);
      }
      const choices = values?.map(value => (typeof value === 'string' ? value : value.value));
      if (choices && defaultValue !== undefined && !choices.includes(String(defaultValue))) {
        found.push(`${place}.defaultValue: ${defaultValue} is none of the values.`);
      }
    }
    return found;
  });
}

/** Names in access.json that are nobody's. */
function accessProblems({ access, pathOf }: DataFiles, schema: Schema): string[] {
  const { defaults, users } = access;
  const objectNamed = (name: string) => schema.objects.find(each => each.name === name);
  const named = [
    ...Object.keys(defaults).map(name => [`defaults.${name}`, name] as const),
    ...Object.entries(users).flatMap(([key, { objects, fields }]) =>
      [objects, fields].flatMap(each => Object.keys(each).map(name => [`users.${key}`, name] as const)),
    ),
  ];
  const unknown = named.filter(([, name]) => !objectNamed(name));
  const fieldless = Object.entries(users).flatMap(([key, { fields }]) =>
    Object.entries(fields).flatMap(([name, given]) =>
      Object.keys(given)
        .filter(field => objectNamed(name)?.fields.every(each => each.name !== field))
        .map(field => `${pathOf('access.json')}: users.${key}.fields: ${name} has no field ${field}.`),
    ),
  );
  return [
    ...unknown.map(([place, name]) => `${pathOf('access.json')}: ${place}: there is no object ${name}.`),
    ...fieldless,
  ];
}

function targetId(byKey: ReadonlyMap<string, Entry>, field: FieldDefinition, value: FieldValue): FieldValue {
  if (value === null) return null;
  const target = byKey.get(String(value));
  if (!target) throw badValue(`there is no record whose $key is '${value}'.`);
  if (field.referenceTo.includes(target.object.name)) return target.id;
  throw badValue(`'${value}' is of ${target.object.name}, and the field refers to ${field.referenceTo.join(' or ')}.`);
}

const relative = /^([+-]?\d{1,5})d(?: ([01]\d|2[0-3]):([0-5]\d))?$/;

/** The first day of a month, `month` or `month+1`, or its last: `month+1 end`. */
const ofMonth = /^month(?<months>[+-]\d{1,3})?(?<end> end)?$/;

/** Turns `-3d`, `-3d 09:30` and `month-1 end` into the day and the time; leaves all else. */
function absolute(field: FieldDefinition, value: FieldValue, today: Date): FieldValue {
  if (field.type !== 'date' && field.type !== 'datetime') return value;
  const month = ofMonth.exec(String(value))?.groups;
  if (month && field.type === 'date') {
    const first = today.getUTCMonth() + Number(month.months ?? 0);
    const day = Date.UTC(today.getUTCFullYear(), month.end ? first + 1 : first, month.end ? 0 : 1);
    return salesforceTime(new Date(day)).slice(0, 10);
  }
  const [match, days, hours, minutes] = relative.exec(String(value)) ?? [];
  if (match === undefined) {
    if (value === null || /^\d{4}-\d\d-\d\d/.test(String(value))) return value;
  } else if ((field.type === 'datetime') === (hours !== undefined)) {
    const at = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() + Number(days));
    const time = salesforceTime(new Date(at + Number(hours ?? 0) * 3_600_000 + Number(minutes ?? 0) * 60_000));
    return field.type === 'date' ? time.slice(0, 10) : time;
  }
  throw badValue(
    field.type === 'date'
      ? 'takes a day such as "-3d", "month", "month+1 end" or "2026-11-22".'
      : 'takes a day and a time such as "-3d 09:30" or "2026-11-22T09:30:00Z".',
  );
}

const badValue = (message: string): Refusal => new Refusal(400, { message, errorCode: 'INVALID_FIELD' });

/** A record that the data give the time of its creation was last changed then, too. */
function stampsOf({ CreatedDate, LastModifiedDate = CreatedDate }: Partial<Row>): Record<string, FieldValue> {
  return LastModifiedDate === undefined ? {} : { LastModifiedDate, SystemModstamp: LastModifiedDate };
}

/** Puts the day of the last activity that is not in the future into LastActivityDate of the records that it is about. */
function dateLastActivities(org: Org, today: string): void {
  const activities = ['Task', 'Event'].flatMap(name => org.rows(objectNamed(org.schema, name)));
  for (const { ActivityDate, AccountId, WhatId, WhoId } of activities) {
    if (typeof ActivityDate !== 'string' || ActivityDate > today) continue;
    for (const id of new Set([AccountId, WhatId, WhoId])) {
      const about = org.find(id);
      if (!about || !findField(about.object, 'LastActivityDate')) continue;
      if (String(about.row.LastActivityDate ?? '') < ActivityDate) about.row.LastActivityDate = ActivityDate;
    }
  }
}

function objectNamed(schema: Schema, name: string): ObjectDefinition {
  const object = schema.find(name);
  if (!object) throw new Error(`The sandbox has no object ${name}.`);
  return object;
}
