import type { Action } from '../../shared/action/defineAction.ts';
import { inputSchema } from '../../shared/action/plainSchema.ts';

/** Every action as a plugin's function, or a model's tool, is declared: a name, when to use it, what it takes. */
export function functionTools(actions: readonly Action[]) {
  return actions.map(action => {
    const { properties, required = [] } = inputSchema(action);
    return {
      name: action.name,
      description: action.description,
      parameters: {
        type: 'object',
        // A parameter has a type, an enum, a description and a default, and nothing else.
        properties: Object.fromEntries(
          Object.entries(properties).map(([name, { minimum, maximum, maxLength, format, ...parameter }]) => [
            name,
            parameter,
          ]),
        ),
        required,
      },
    };
  });
}
