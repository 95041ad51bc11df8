import { createHash } from 'node:crypto';

/** What makes two writes the same: who asks, for what, with which input, in whatever order it is given. */
export function fingerprint(callerId: string, action: string, input: object): string {
  return createHash('sha256')
    .update(JSON.stringify([callerId, action, input], inOrder))
    .digest('hex');
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
