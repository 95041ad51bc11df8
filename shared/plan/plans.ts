import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { type Failure, invalidInput } from '../failure.ts';
import type { IdempotencyKey } from '../ledger/idempotencyKey.ts';
import type { LedgerStore } from '../ledger/ledgerStore.ts';
import { seal, unseal } from '../ledger/seal.ts';

/** One thing that a plan would do. */
export interface PlanItem {
  /** Names it among the others: an issue key, a record ID. */
  key: string;
  /** What would be done to it, in a sentence for people. */
  what: string;
  /** How it was when the plan was made. Where it is another one when the plan is carried out, the item is left alone. */
  version: string;
  /** What the action needs to do it, as JSON. */
  data: unknown;
  /** The key of an item before it without which this one cannot be done, such as the parent that it makes. */
  after?: string | undefined;
}

/** One thing that was asked for and that a plan cannot do. */
export interface LeftItem {
  key: string;
  /** Why not, in a sentence for people. */
  cannot: string;
}

interface Plan {
  action: string;
  items: readonly PlanItem[];
}

/** Keeps what was shown until it is confirmed. A plan proves that there was a preview, not that a person agreed. */
export interface Plans {
  /** @returns the token by which the same caller, and nobody else, can have the plan carried out */
  keep(plan: Plan, callerId: string): Promise<string>;
  /** @throws Failure `invalid_input` for a token that is wrong or too old */
  read(confirmationToken: string, owner: { action: string; callerId: string }): Promise<Plan>;
}

/** A plan can be confirmed for so long. */
export const PLAN_MS = 10 * 60_000;
const TOKEN_BYTES = 16;
const MAX_PLAN_BYTES = 900_000;

/** Plans in the ledger's store, each sealed with its token, so that what would be changed is in no table in clear. */
export function createPlans(store: LedgerStore): Plans {
  return {
    async keep(plan, callerId) {
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      const key = keyOf(token, callerId);
      const result = seal(JSON.stringify(plan), key);
      if (result.length > MAX_PLAN_BYTES) {
        throw invalidInput([{ field: '', message: 'This is too much for one call. Do it in several.' }]);
      }
      await store.insert(key.id, { owner: 'plan', state: 'done', result, runsForMs: 0, keptForMs: PLAN_MS });
      return token;
    },

    async read(token, { action, callerId }) {
      const key = keyOf(token, callerId);
      const held = await store.read(key.id);
      if (!held?.result || held.ageMs > PLAN_MS) throw refuse();
      const plan = JSON.parse(unseal(held.result, key)) as Plan;
      if (plan.action !== action) throw refuse();
      return plan;
    },
  };
}

function keyOf(token: string, callerId: string): IdempotencyKey {
  const text = JSON.stringify([token, callerId]);
  return {
    id: createHash('sha256').update(`plan ${text}`).digest('hex'),
    secret: Buffer.from(hkdfSync('sha256', text, '', 'plan', 32)),
  };
}

function refuse(): Failure {
  const message =
    'It is not the token of a plan that waits: it is older than ten minutes, or it belongs to another caller or action. Make the call again without it to see what would be done.';
  return invalidInput([{ field: 'confirmationToken', message }]);
}
