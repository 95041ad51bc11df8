import * as z from 'zod';
import type { PartsOf } from '../../shared/action/defineSystem.ts';
import { auditSettings } from '../../shared/settings/common.ts';

/** What was done is read from the audit's own table: where there is none, there is nothing to tell. */
export const settings = z.object({
  ...auditSettings.shape,
  AUDIT_TABLE_ENDPOINT: auditSettings.shape.AUDIT_TABLE_ENDPOINT.unwrap(),
});

export type MyChangesParts = PartsOf<typeof settings, object>;
