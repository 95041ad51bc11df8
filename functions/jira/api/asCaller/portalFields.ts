import { fieldTypes } from './fieldTypes.ts';
import type { Guard } from './guard.ts';

/** What every portal shows of a request. */
const shownFields = new Set([
  'attachment',
  'comment',
  'created',
  'description',
  'issuetype',
  'project',
  'reporter',
  'resolution',
  'resolutiondate',
  'status',
  'statusCategory',
  'summary',
  'updated',
]);

/** The request type, and with whom it is shared; not its SLAs. */
export const shownTypes = /:(?:vp-origin|sd-request-participants|sd-customer-organizations|sd-approvals)$/;

/**
 * Whether a customer sees a field of their request. What else their request type asks for is not told: a portal may show it,
 * and its agents may have changed it since.
 */
export async function portalFields(guard: Guard): Promise<(fieldId: string) => boolean> {
  const types = await fieldTypes(guard);
  return fieldId => shownFields.has(fieldId) || shownTypes.test(types.get(fieldId) ?? '');
}
