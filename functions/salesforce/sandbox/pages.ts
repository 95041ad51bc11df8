import type { SandboxReply, SandboxRequest } from '../../../shared/sandbox/sandboxServer.ts';
import { type Lead, noThingPage, thingPage } from '../../../shared/sandbox/thingPage.ts';
import type { FieldValue, Located, Org } from './org.ts';
import { type FieldDefinition, nameFieldOf } from './schema.ts';

/** What a browser is shown at the address that answers of the actions have of a record. */
export function answerPage(org: Org, { method, path }: SandboxRequest): SandboxReply | undefined {
  const [, id] = /^\/lightning\/r\/\w+\/(\w+)\/view$/.exec(path) ?? [];
  if (method !== 'GET' || id === undefined) return undefined;
  const found = org.find(id);
  if (!found || found.row.IsDeleted) return noThingPage();
  const { object, row } = found;
  return thingPage({
    kind: object.label,
    title: nameOf(found),
    facts: object.fields
      .filter(({ name, compoundFieldName }) => name !== 'IsDeleted' && compoundFieldName === null)
      .map(field => [field.label, shown(org, field, row[field.name])]),
    lists: org.schema.children(object).map(({ object: child, field }) => ({
      title: field.childRelationship ?? child.labelPlural,
      items: org
        .rows(child)
        .filter(each => each[field.name] === row.Id && !each.IsDeleted)
        .map(each => lead({ object: child, row: each })),
    })),
  });
}

const nameOf = ({ object, row }: Located): string => String(row[nameFieldOf(object)?.name ?? 'Id'] ?? row.Id);

const lead = (found: Located): Lead => ({
  text: nameOf(found),
  href: `/lightning/r/${found.object.name}/${found.row.Id}/view`,
});

function shown(org: Org, { type, htmlFormatted }: FieldDefinition, value: FieldValue | undefined): string | Lead[] {
  if (value === null || value === undefined) return '';
  if (type === 'boolean') return value ? 'yes' : 'no';
  const target = type === 'reference' ? org.find(value) : undefined;
  if (target) return [lead(target)];
  return htmlFormatted ? String(value).replace(/<[^<>]{0,2000}>/g, ' ') : String(value);
}
