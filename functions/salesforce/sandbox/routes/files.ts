import { rowsFor, schemaFor } from '../access.ts';
import { notFound } from '../errors.ts';
import type { Row } from '../org.ts';
import { type ApiAnswer, type ApiCall, type Route, route } from '../router.ts';

/**
 * The bytes of files, always whole.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_blob_retrieve.htm
 */
export const fileRoutes: Route[] = [
  route('GET', 'sobjects/ContentVersion/{id}/VersionData', call => {
    const row = find(call, 'ContentVersion');
    return contents(row.VersionData);
  }),
  route('GET', 'sobjects/Attachment/{id}/Body', call => contents(find(call, 'Attachment').Body)),
];

function rowsOf({ org, viewer }: ApiCall, name: string): Row[] {
  const object = schemaFor(viewer, org.schema).find(name);
  return object ? rowsFor(viewer, object, org) : [];
}

function find(call: ApiCall, name: string): Row {
  const row = rowsOf(call, name).find(({ Id, IsDeleted }) => Id === call.params.id && !IsDeleted);
  if (!row) throw notFound();
  return row;
}

const contents = (base64: unknown): ApiAnswer => ({
  status: 200,
  body: undefined,
  bytes: Buffer.from(String(base64 ?? ''), 'base64'),
});
