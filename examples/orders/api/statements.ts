import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import { allOf, containing, type Sql, sql } from './sql.ts';

export interface OrderFilter {
  customer?: string | undefined;
  status?: string | undefined;
  orderedSince?: Date | undefined;
  totalFrom?: number | undefined;
  totalTo?: number | undefined;
  currency?: string | undefined;
}

/** What the groups of a count have in common. Months are those of UTC. */
export type Grouping = 'status' | 'customer' | 'month';

/** What the groups of a count are called, and in which order they come. */
const groupings: Record<Grouping, { name: Sql; order: Sql }> = {
  status: { name: sql`o.status`, order: sql`count(*) DESC, name` },
  customer: { name: sql`c.name`, order: sql`count(*) DESC, name` },
  month: { name: sql`to_char(o.ordered_at AT TIME ZONE 'UTC', 'YYYY-MM')`, order: sql`name DESC` },
};

/** The most groups of a count. */
const MAX_GROUPS = 50;

/** A moment to the microsecond, in a form that no setting of the session changes. */
const exactTime = sql`to_char(o.ordered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Where a list of orders goes on: behind the last one that was shown. So it stays where it was while orders come in. */
const cursorSchema = z.tuple([z.iso.datetime({ precision: 6 }), z.string().regex(/^\d{1,18}$/)]);

export function writeCursor(position: z.input<typeof cursorSchema>): string {
  return JSON.stringify(position);
}

/** The orders that meet the filter, the latest first. The rows have `order_id` and `exact_time` for `writeCursor`. */
export function selectOrders(filter: OrderFilter, cursor: string | undefined, limit: number): Sql {
  const conditions = conditionsOf(filter);
  if (cursor !== undefined) conditions.push(isBehind(cursor));
  return sql`
    SELECT o.order_id, o.order_number, c.name AS customer, o.status, o.ordered_at, o.currency, o.total,
           ${exactTime} AS exact_time
    FROM orders o JOIN customers c ON c.customer_id = o.customer_id
    WHERE ${allOf(conditions)}
    ORDER BY o.ordered_at DESC, o.order_id DESC
    LIMIT ${limit}`;
}

export function selectOrder(orderNumber: string): Sql {
  return sql`
    SELECT o.order_number, c.name AS customer, o.status, o.ordered_at, o.currency, o.total, o.note,
           COALESCE(
             (SELECT json_agg(
                       json_build_object('product', l.product, 'quantity', l.quantity, 'unit_price', l.unit_price)
                       ORDER BY l.line_number)
              FROM order_lines l WHERE l.order_id = o.order_id),
             '[]') AS lines
    FROM orders o JOIN customers c ON c.customer_id = o.customer_id
    WHERE o.order_number = ${orderNumber}`;
}

/**
 * The first groups, and of each a row for every currency: amounts of several currencies have no sum. Months come the
 * latest first, other groups the largest first.
 */
export function countByGroup(filter: OrderFilter, grouping: Grouping): Sql {
  const { name, order } = groupings[grouping];
  return sql`
    WITH chosen AS (
      SELECT ${name} AS name, o.currency, o.total
      FROM orders o JOIN customers c ON c.customer_id = o.customer_id
      WHERE ${allOf(conditionsOf(filter))}
    ), first_groups AS (
      SELECT name, row_number() OVER (ORDER BY ${order}) AS place, count(*) AS order_count,
             count(*) OVER () AS group_count, sum(count(*)) OVER () AS all_orders
      FROM chosen GROUP BY name
      ORDER BY place LIMIT ${MAX_GROUPS}
    )
    SELECT g.name, g.order_count, g.group_count, g.all_orders, o.currency, sum(o.total) AS total
    FROM first_groups g JOIN chosen o ON o.name = g.name
    GROUP BY g.name, g.place, g.order_count, g.group_count, g.all_orders, o.currency
    ORDER BY g.place, o.currency`;
}

function conditionsOf({ customer, status, orderedSince, totalFrom, totalTo, currency }: OrderFilter): Sql[] {
  return [
    customer !== undefined && sql`c.name ILIKE ${containing(customer)}`,
    status !== undefined && sql`o.status = ${status}`,
    orderedSince !== undefined && sql`o.ordered_at >= ${orderedSince}`,
    totalFrom !== undefined && sql`o.total >= ${String(totalFrom)}::numeric`,
    totalTo !== undefined && sql`o.total <= ${String(totalTo)}::numeric`,
    currency !== undefined && sql`o.currency = ${currency}`,
  ].filter(condition => condition !== false);
}

/** @throws Failure `invalid_input` */
function isBehind(cursor: string): Sql {
  const { data } = cursorSchema.safeParse(parseJson(cursor));
  if (data) return sql`(o.ordered_at, o.order_id) < (${data[0]}::timestamptz, ${data[1]}::bigint)`;
  throw invalidInput([
    {
      field: 'pageToken',
      message: 'It is not a nextPageToken of this list. Leave it out to start from the first page.',
    },
  ]);
}
