import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Access,
  type FieldFile,
  type ObjectFile,
  type RecordData,
  readDataFiles,
} from '../../functions/salesforce/sandbox/dataFiles.ts';

/** One of two users with records of their own, of which the other sees none. */
export interface World {
  username: string;
  /** The `$key` of the user. */
  user: string;
  /** Stands in every text of every record of this world, and nowhere else. */
  mark: string;
}

/** Li Wei’s records have the IDs and keys that the sandbox's own data have, and their names before the mark. */
export const north: World = { username: 'li.wei@example.com', user: 'li-wei', mark: 'northernlight' };
export const south: World = { username: 'jonas.weber@example.com', user: 'jonas-weber', mark: 'southernwind' };
/** Sees and changes the records of both. */
export const seesBoth = 'ana.ruiz@example.com';

/** What the whole org shares: how it is set up, what it sells and what it knows. */
const ofTheOrg = new Set([
  'FiscalYearSettings',
  'ForecastingType',
  'Group',
  'GroupMember',
  'Knowledge__kav',
  'LeadStatus',
  'MilestoneType',
  'OrgWideEmailAddress',
  'Organization',
  'Period',
  'Pricebook2',
  'PricebookEntry',
  'ProcessDefinition',
  'Product2',
  'QueueSobject',
  'RecordType',
]);

/** Objects of which records are seen by whoever sees what they are about. */
const byParent = new Set(['Contact', 'Event', 'Task']);

const writable = new Set<FieldFile['type']>(['string', 'textarea', 'email', 'phone', 'url']);

/**
 * A folder with an org in which each of two users has every record of the sandbox's own data that is not set-up: accounts,
 * contacts, leads, opportunities, cases with comments and e-mails, files, notes, activities, campaigns, approvals, reports and
 * what hangs on them. `users` adds rights on objects and fields.
 */
export async function twoWorlds(users: Access['users'] = {}): Promise<string> {
  const { objects, records, analytics } = await readDataFiles();
  const folder = await mkdtemp(join(tmpdir(), 'salesforce-worlds-'));
  const write = (file: string, content: unknown) => writeFile(join(folder, file), JSON.stringify(content));
  const own = records.filter(({ objectType }) => !ofTheOrg.has(objectType));
  const keys = new Set(own.flatMap(each => each.records.map(({ $key }) => $key)));

  const inWorld = ({ objectType, records: rows }: (typeof records)[number], world: World) => {
    const object = objects.get(objectType);
    return object ? rows.map(row => moved(row, object, world, keys)) : [];
  };
  await write(
    'records.json',
    Object.fromEntries(
      records.map(each => [
        each.objectType,
        ofTheOrg.has(each.objectType) ? each.records : [...inWorld(each, north), ...inWorld(each, south)],
      ]),
    ),
  );
  const southern = (key: string) => keyIn(south, key);
  await write('analytics.json', {
    ...analytics,
    reports: analytics.reports.flatMap(each => [each, { ...each, report: southern(each.report) }]),
    dashboards: analytics.dashboards.flatMap(each => [
      each,
      {
        ...each,
        dashboard: southern(each.dashboard),
        components: each.components.map(part => ({ ...part, report: southern(part.report) })),
      },
    ]),
  });
  const shared = (objectType: string) =>
    own
      .filter(each => each.objectType === objectType)
      .flatMap(each => each.records.flatMap(({ $key }) => $key ?? []))
      .flatMap(key => [north, south].map(world => ({ record: keyIn(world, key), with: world.user })));
  const access: Access = {
    defaults: Object.fromEntries(
      [...objects.keys()]
        .filter(name => !ofTheOrg.has(name) && name !== 'User')
        .map(name => [name, byParent.has(name) ? ('parent' as const) : ('private' as const)]),
    ),
    shares: ['Report', 'Dashboard'].flatMap(shared).map(each => ({ ...each, access: 'read' as const })),
    users,
  };
  await write('access.json', access);
  return folder;
}

const keyIn = (world: World, key: string) => (world === north ? key : `${key}-${world.mark}`);

/** A record of the sandbox's own data as one of this world, where everybody in it is its user. */
function moved(row: RecordData, object: ObjectFile, world: World, keys: ReadonlySet<string | undefined>): RecordData {
  const fields = new Map(object.fields.map(field => [field.name, field]));
  const values = Object.entries(row).map(([name, value]) => {
    const field = fields.get(name);
    if (typeof value !== 'string') return [name, value];
    if (name === '$key') return [name, keyIn(world, value)];
    if (field?.type === 'reference') {
      const isHolder = name === 'OwnerId' || field.referenceTo?.includes('User');
      return [name, keys.has(value) ? keyIn(world, value) : isHolder ? world.user : value];
    }
    return [name, field ? marked(value, field, world) : value];
  });
  const hasOwner = fields.has('OwnerId') ? { OwnerId: world.user } : {};
  return { ...Object.fromEntries(values), ...hasOwner };
}

function marked(value: string, { name, type, length = type === 'phone' ? 40 : 255 }: FieldFile, { mark }: World) {
  if (type === 'base64') return markedFile(value, mark);
  if (!writable.has(type) || unmarkable.has(name)) return value;
  if (type === 'email') return `${mark}.${value}`;
  if (type === 'url') return `${value}/${mark}`;
  return `${value.slice(0, Math.max(0, length - mark.length - 1))} ${mark}`;
}

/** Names that Salesforce itself gives. */
const unmarkable = new Set([
  'CaseNumber',
  'PathOnClient',
  'DeveloperName',
  'FolderName',
  'ContentType',
  'NewValue',
  'OldValue',
]);

/** Of a text file the text has the mark; others stay as they are. */
function markedFile(base64: string, mark: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text).equals(bytes) && !text.startsWith('%PDF');
  return isText ? Buffer.from(`${text}\n${mark}`).toString('base64') : base64;
}
