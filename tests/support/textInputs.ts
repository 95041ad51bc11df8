import * as z from 'zod';
import type { Action } from '../../shared/action/defineAction.ts';

/** Each input of the actions that takes any text; a page token is a text of this service's own. */
export function textInputs(actions: readonly Action[]) {
  return actions.flatMap(action =>
    Object.entries(action.input.shape)
      .filter(([name, schema]) => name !== 'pageToken' && isText(schema as z.ZodType))
      .map(([input, schema]) => ({ action, name: action.name, input, schema: schema as z.ZodType })),
  );
}

function isText(schema: z.ZodType): boolean {
  const { type, enum: values } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return type === 'string' && values === undefined;
}
