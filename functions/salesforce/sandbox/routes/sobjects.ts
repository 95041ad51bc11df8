import { deleteRecord } from '../deletion.ts';
import { describeGlobal, describeObject } from '../describe.ts';
import type { Row } from '../org.ts';
import { type ApiCall, noContent, objectInPath, ok, type Route, route, valuesIn } from '../router.ts';
import { insertRecord, locate, updateRecord } from '../writes.ts';

export const sobjectRoutes: Route[] = [
  route('GET', 'sobjects', ({ org, viewer, base }) => ok(describeGlobal(org.schema, viewer, base))),
  route('GET', 'sobjects/{object}/describe', call =>
    ok(describeObject(call.org, objectInPath(call), call.viewer, call.base)),
  ),
  route('POST', 'sobjects/{object}', call => {
    const row = insertRecord(call.org, call.viewer, objectInPath(call), valuesIn(call), duplicatesOf(call));
    return { status: 201, body: { id: row.Id, success: true, errors: [] } };
  }),
  route('PATCH', 'sobjects/{object}/{id}', call => {
    const located = locate(call.org, call.viewer, objectInPath(call), call.params.id ?? '');
    if (isChangedSince(located.row, call)) return { status: 412, body: undefined };
    updateRecord(call.org, call.viewer, located, valuesIn(call), duplicatesOf(call));
    return noContent;
  }),
  route('DELETE', 'sobjects/{object}/{id}', call => {
    deleteRecord(call.org, call.viewer, locate(call.org, call.viewer, objectInPath(call), call.params.id ?? ''));
    return noContent;
  }),
];

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm */
function isChangedSince({ LastModifiedDate }: Row, { headers }: ApiCall): boolean {
  const since = headers['if-unmodified-since'];
  return since !== undefined && Date.parse(String(LastModifiedDate)) > Date.parse(since);
}

export const duplicatesOf = ({ headers }: ApiCall) => ({
  allowDuplicates: /allowSave\s*=\s*true/i.test(headers['sforce-duplicate-rule-header'] ?? ''),
});
