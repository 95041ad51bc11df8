import type { AzdValues } from './azd.ts';

/** A value of the form `<name>=<client ID>,<name>=<client ID>`, by name. @throws Error for another form or name */
export function readPairs(setting: string, values: AzdValues, names: readonly string[]): ReadonlyMap<string, string> {
  const pairs = (values[setting] ?? '')
    .split(',')
    .filter(pair => pair.trim())
    .map(pair => pair.split('=').map(part => part.trim()));
  for (const [name = '', clientId = '', ...others] of pairs) {
    if (others.length > 0 || !clientId || !names.includes(name)) {
      throw new Error(`${setting} must be pairs such as ${names[0] ?? 'jira'}=<client ID>, of ${names.join(', ')}.`);
    }
  }
  return new Map(pairs.map(([name = '', clientId = '']) => [name, clientId]));
}
