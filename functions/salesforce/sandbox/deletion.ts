import { canChangeRow, may, type Viewer } from './access.ts';
import { noAccess, Refusal } from './errors.ts';
import type { Located, Org, Row } from './org.ts';

/** What went into the recycle bin with a record, by the record's ID, for each org. */
const wentWith = new WeakMap<Org, Map<string, readonly string[]>>();

function binOf(org: Org): Map<string, readonly string[]> {
  const bin = wentWith.get(org) ?? new Map<string, readonly string[]>();
  wentWith.set(org, bin);
  return bin;
}

/** Puts a record into the recycle bin, with what is its own. */
export function deleteRecord(org: Org, viewer: Viewer, located: Located): void {
  if (!mayDelete(org, viewer, located)) throw noAccess();
  const all = [located, ...ownedBy(org, located)];
  for (const each of all) org.update(each, { IsDeleted: true }, viewer.Id);
  binOf(org).set(
    located.row.Id,
    all.map(({ row }) => row.Id),
  );
}

/** Takes a record out of the recycle bin, with what went there with it. */
export function undeleteRecord(org: Org, viewer: Viewer, { object, row }: Located): void {
  if (!row.IsDeleted) {
    throw new Refusal(400, { errorCode: 'UNDELETE_FAILED', message: 'Entity is not in the recycle bin', fields: [] });
  }
  if (!mayDelete(org, viewer, { object, row })) throw noAccess();
  const bin = binOf(org);
  for (const id of bin.get(row.Id) ?? [row.Id]) {
    const located = org.find(id);
    if (located) org.update(located, { IsDeleted: false }, viewer.Id);
  }
  bin.delete(row.Id);
}

const mayDelete = (org: Org, viewer: Viewer, located: Located): boolean =>
  located.object.name !== 'User' && may(viewer, 'delete', located.object) && canChangeRow(org, viewer, located);

/** The records that are deleted with a record, and with these. */
function ownedBy(org: Org, { object, row }: Located): Located[] {
  return org.schema.objects.flatMap(child =>
    child.fields
      .filter(field => field.cascadeDelete && field.referenceTo.includes(object.name))
      .flatMap(field => org.rows(child).filter((each: Row) => !each.IsDeleted && each[field.name] === row.Id))
      .flatMap(each => [{ object: child, row: each }, ...ownedBy(org, { object: child, row: each })]),
  );
}
