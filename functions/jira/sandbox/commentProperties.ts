import * as z from 'zod';

/** The properties of a new or changed comment, by key. */
export const commentProperties = z
  .array(z.looseObject({ key: z.string().max(255), value: z.unknown() }))
  .default([])
  .transform(list => Object.fromEntries(list.map(({ key, value }) => [key, value])));

const internal = z.looseObject({ 'sd.public.comment': z.looseObject({ internal: z.literal(true) }) });

/** Whether a service project keeps a comment from customers. */
export function isInternal(properties: Readonly<Record<string, unknown>>): boolean {
  return internal.safeParse(properties).success;
}
