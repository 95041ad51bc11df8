import { paragraph } from './adf.ts';
import type { ChangedFile, TextFile } from './dataFiles.ts';
import { readDay } from './dataTime.ts';
import { choicesOf, type Field } from './fields.ts';
import type { Target } from './fieldValue.ts';
import type { AdfNode, FieldValue, Instant } from './model.ts';
import { below, type Place, type References } from './references.ts';
import type { Site } from './site.ts';

interface Reading {
  place: Place;
  start: Instant;
  references: References;
}

type CustomValue = NonNullable<ChangedFile['fields']>[string];

/**
 * The values, by field id, that the data set on an issue; names are replaced by the ids that an issue holds, but for the
 * parent, which may not have one yet. Status and resolution are not among them.
 */
export function readChange(
  site: Site,
  data: Omit<ChangedFile, 'status' | 'resolution'>,
  { type, project, ...reading }: Reading & Target,
): Record<string, FieldValue> {
  const { report, named, person } = reading.references;
  const inside = (name: string): Place => below(reading.place, name);
  const names = (key: 'components' | 'fixVersions', kind: string, list: Target['project']['components']) =>
    data[key]?.map((name, nth) => named(below(inside(key), nth), kind, list, name)?.id ?? '');
  const known: Record<string, FieldValue | undefined> = {
    summary: data.summary,
    description:
      typeof data.description === 'string' || data.description
        ? readText(site, data.description, { ...reading, place: inside('description') })
        : data.description,
    assignee: data.assignee && (person(inside('assignee'), data.assignee)?.accountId ?? null),
    priority: data.priority && named(inside('priority'), 'priority', site.priorities, data.priority)?.id,
    labels: data.labels,
    duedate: data.due && dayOf(site, data.due, reading.start),
    parent: data.parent,
    components: names('components', 'component', project.components),
    fixVersions: names('fixVersions', 'version', project.versions),
  };
  const values: Record<string, FieldValue> = {};
  for (const [id, value] of Object.entries(known)) if (value !== undefined) values[id] = value;
  const asked = site.desks.find(({ projectId }) => projectId === project.id)?.requestTypes.flatMap(each => each.fields);
  const onScreen = site.fields.filter(
    ({ id, issueTypes }) => issueTypes?.includes(type.name) || asked?.some(field => field.id === id),
  );
  for (const [name, written] of Object.entries(data.fields ?? {})) {
    const place = inside(`fields[${JSON.stringify(name)}]`);
    const field = named(place, `custom field of a ${type.name}`, onScreen, name);
    if (!field) continue;
    const value = readCustom(site, field, written, { ...reading, place });
    if (value === undefined) report(place, takes[field.kind] ?? 'is not settable');
    else values[field.id] = value;
  }
  return values;
}

/** What is said of a value of another shape than its field has. */
const takes: Partial<Record<Field['kind'], string>> = {
  number: 'must be a number',
  date: 'must be a day such as "-3d", "0d", "+21d" or "2026-11-22"',
  user: 'must be the e-mail address of a person',
  option: 'must be the name of an option',
  optionWithChild: 'must be the name of an option, and that of a child option in a list',
  team: 'must be the name of a team',
  optionList: 'must be a list of names of options',
  sprint: 'must be a list of names of sprints',
  adf: 'must be a text, or a document in the Atlassian Document Format',
};

/** The value of a custom field; `undefined` where its shape is not the field's. */
function readCustom(site: Site, field: Field, written: CustomValue, reading: Reading): FieldValue | undefined {
  const { place, start, references } = reading;
  if (written === null) return field.schema.type === 'array' ? [] : null;
  const choice = (name: string, at: Place) =>
    references.named(
      at,
      field.kind === 'sprint' || field.kind === 'team' ? field.kind : 'option',
      choicesOf(site, field) ?? [],
      name,
    )?.id ?? '';
  switch (field.kind) {
    case 'number':
      return typeof written === 'number' ? written : undefined;
    case 'date':
      return typeof written === 'string' ? dayOf(site, written, start) : undefined;
    case 'user':
      return typeof written === 'string' ? (references.person(place, written)?.accountId ?? '') : undefined;
    case 'option':
      return typeof written === 'string' ? choice(written, place) : undefined;
    case 'team':
      return typeof written === 'string' ? choice(written, place) : undefined;
    case 'optionList':
    case 'sprint':
      return Array.isArray(written) ? written.map((name, nth) => choice(name, below(place, nth))) : undefined;
    case 'optionWithChild': {
      const [name = '', childName] = [written].flat().map(String);
      const parent = references.named(place, 'option', field.options ?? [], name);
      if (childName === undefined) return parent ? [parent.id] : undefined;
      const child = references.named(below(place, 1), 'option', parent?.children ?? [], childName);
      return parent && child ? [parent.id, child.id] : undefined;
    }
    case 'adf':
      return typeof written === 'string' || (typeof written === 'object' && !Array.isArray(written))
        ? readText(site, written, reading)
        : undefined;
    default:
      return undefined;
  }
}

const dayOf = ({ timeZone }: Site, written: string, start: Instant): string | undefined =>
  readDay(written, { start, offsetMinutes: timeZone.offsetMinutes });

/** A text as a document, the days in it as Jira has them; mentions of people who do not exist are reported. */
export function readText(site: Site, written: TextFile, reading: Reading): AdfNode {
  if (typeof written === 'string') return paragraph(written);
  return readNode(site, written, reading);
}

function readNode(site: Site, node: AdfNode, reading: Reading): AdfNode {
  const { place, start, references } = reading;
  const { type, attrs, content } = node;
  const read = content && {
    content: content.map((child, nth) =>
      readNode(site, child, { ...reading, place: below(below(place, 'content'), nth) }),
    ),
  };
  if (type === 'mention' && !site.people.some(({ accountId }) => accountId === attrs?.id)) {
    references.report(below(place, 'attrs.id'), `there is no person with the account ID '${attrs?.id}'`);
  }
  if (type !== 'date') return { ...node, ...read };
  const day = dayOf(site, String(attrs?.timestamp), start);
  if (day === undefined) references.report(below(place, 'attrs.timestamp'), takes.date ?? '');
  return { ...node, attrs: { ...attrs, timestamp: String(Date.parse(day ?? '')) } };
}
