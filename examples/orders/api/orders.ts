import * as z from 'zod';
import type { PageRequest } from '../../../shared/action/page.ts';
import type { Call } from '../../../shared/call.ts';
import type { OrdersParts } from '../settings.ts';
import { openDatabase } from './database.ts';
import { groupRow, orderDetailsRow, orderRow } from './order.ts';
import { sql } from './sql.ts';
import { countByGroup, type Grouping, type OrderFilter, selectOrder, selectOrders, writeCursor } from './statements.ts';

type OrderRow = z.output<typeof orderRow>;

export interface Orders {
  find(filter: OrderFilter, page: PageRequest): Promise<{ found: OrderRow[]; nextCursor: string | undefined }>;
  /** Undefined when there is no such order. */
  get(orderNumber: string): Promise<z.output<typeof orderDetailsRow> | undefined>;
  count(filter: OrderFilter, grouping: Grouping): Promise<z.output<typeof groupRow>[]>;
  /** The time zone that decides what a day is. @throws Failure `misconfigured` */
  timeZone(): Promise<string>;
}

const listedRow = orderRow.extend({ order_id: z.string(), exact_time: z.string() });
const sessionRow = z.object({ database: z.string(), account: z.string() });

/** The order database, for many calls. */
export function openOrders(parts: OrdersParts) {
  const database = openDatabase(parts);

  return {
    for(call: Call): Orders {
      return {
        async find(filter, { limit, cursor }) {
          // One more than is wanted: its presence says that the list goes on.
          const rows = await database.read(selectOrders(filter, cursor, limit + 1), listedRow, call);
          const found = rows.slice(0, limit);
          const last = rows.length > limit ? found.at(-1) : undefined;
          return { found, nextCursor: last && writeCursor([last.exact_time, last.order_id]) };
        },
        async get(orderNumber) {
          const [row] = await database.read(selectOrder(orderNumber), orderDetailsRow, call);
          return row;
        },
        count: (filter, grouping) => database.read(countByGroup(filter, grouping), groupRow, call),
        timeZone: async () => parts.timeZone() ?? 'UTC',
      };
    },

    /** `Database shop as reader` */
    async check(call: Call): Promise<string> {
      const statement = sql`SELECT current_database()::text AS database, current_user::text AS account FROM orders LIMIT 1`;
      const [session] = await database.read(statement, sessionRow, call);
      const { database: name, user } = parts.settings.ORDERS_URL;
      return `Database ${session?.database ?? name} as ${session?.account ?? user}`;
    },
  };
}
