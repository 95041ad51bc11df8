import { fieldsFor } from './access.ts';
import type { ApiCall } from './apiCall.ts';
import { Refusal } from './errors.ts';
import type { Located } from './org.ts';
import type { QueryRecord } from './soql.ts';

/** A record as its row's page shows it: the named fields and the id, or all that the viewer may see. */
export function readRecord({ viewer, base }: ApiCall, { object, row }: Located, names: string | null): QueryRecord {
  const visible = fieldsFor(viewer, object);
  const chosen = names?.split(',').map(name => {
    const wanted = name.trim().toLowerCase();
    const field = visible.find(entry => entry.name.toLowerCase() === wanted);
    if (field) return field;
    const message = `No such column '${name.trim()}' on sobject of type ${object.name}`;
    throw new Refusal(400, { message, errorCode: 'INVALID_FIELD' });
  });
  return {
    attributes: { type: object.name, url: `${base}/sobjects/${object.name}/${row.Id}` },
    ...Object.fromEntries((chosen ?? visible).map(field => [field.name, row[field.name] ?? null])),
    Id: row.Id,
  };
}
