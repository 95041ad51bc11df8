import { addDays } from '../../../shared/time/timeZone.ts';
import { type Soql, soql } from './soql.ts';

/**
 * Salesforce archives closed tasks, and events, after this many days: only what asks for deleted records finds them.
 * https://help.salesforce.com/s/articleView?id=sales.activity_archive_parent.htm
 */
const ARCHIVED_AFTER = 365;

/** Of what was deleted nothing is wanted with what was archived. */
export const notDeleted: Soql = soql`IsDeleted = FALSE`;

/** Whether activities that may be archived are of the days from one on; of all days where it is undefined. */
export function reachesArchive(from: string | undefined, today: string): boolean {
  return from === undefined || from <= addDays(today, -ARCHIVED_AFTER);
}
