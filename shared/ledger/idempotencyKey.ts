import { createHash, hkdfSync } from 'node:crypto';

/** What makes two writes the same. */
export interface IdempotencyKey {
  /** 64 hexadecimal digits: the name of the ledger's row. */
  id: string;
  /** 32 bytes that only who makes the very same write can have: they encrypt what the write answered. */
  secret: Buffer;
}

/** Of who asks, by which action, with which input, in whatever order it is given. */
export function idempotencyKey(callerId: string, action: string, input: object): IdempotencyKey {
  const write = JSON.stringify([callerId, action, input], inOrder);
  return {
    id: createHash('sha256').update(write).digest('hex'),
    secret: Buffer.from(hkdfSync('sha256', write, '', 'ledger result', 32)),
  };
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
