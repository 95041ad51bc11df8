import { type FieldError, invalidInput } from '../failure.ts';

/**
 * Names of the version before. For one version they are taken as the new ones are, over HTTP, over MCP and in a policy, and
 * no definition or list tells them. Remove them with the next version.
 */
export interface FormerNames {
  /** The action's. */
  name?: string;
  /** Of its inputs, by their former names. */
  inputs?: Readonly<Record<string, string>>;
}

/** What an action is called by: its name, and its former one. */
export function namesOf({ name, formerly }: { name: string; formerly?: FormerNames | undefined }): string[] {
  return formerly?.name === undefined ? [name] : [name, formerly.name];
}

/**
 * An action's inputs under their names of today, where some came under former ones (`former`, former name to today's).
 * @throws Failure `invalid_input` where one is given under both.
 */
export function renamed(
  raw: Record<string, unknown>,
  former: Readonly<Record<string, string>> = {},
): Record<string, unknown> {
  const inputs = { ...raw };
  const errors: FieldError[] = [];
  for (const [old, name] of Object.entries(former)) {
    if (!Object.hasOwn(inputs, old)) continue;
    delete inputs[old];
    if (isBlank(raw[old])) continue;
    if (!isBlank(inputs[name])) {
      errors.push({ field: old, message: `It is the same as ${name}. Give ${name} alone.` });
    }
    inputs[name] = raw[old];
  }
  if (errors.length > 0) throw invalidInput(errors);
  return inputs;
}

/** What an input counts as not given by. */
function isBlank(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}
