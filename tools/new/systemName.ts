import { reservedNames } from '../generate/checkSystems.ts';

/** A system's name in the forms in which code has it. */
export interface SystemNames {
  /** `order-book`: the folder, the part of the route, and where the names of toolsets and secrets begin. */
  name: string;
  /** `orderBook`: the constant, and the facade that an action gets. */
  constant: string;
  /** `OrderBook`: where the names of types begin. */
  type: string;
  /** `ORDER_BOOK`: where the names of settings begin. */
  setting: string;
  /** `Order book`: what people call it, until it is given another title. */
  title: string;
}

export function namesOf(name: string): SystemNames {
  const words = name.split('-');
  const type = words.map(capitalized).join('');
  return {
    name,
    constant: type.charAt(0).toLowerCase() + type.slice(1),
    type,
    setting: words.join('_').toUpperCase(),
    title: capitalized(words.join(' ')),
  };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What files of the app are called, and what an action finds in its context besides facades. */
const taken: ReadonlySet<string> = new Set([
  'actions',
  'app',
  'systems',
  'core',
  'signal',
  'caller',
  'log',
  'now',
  'page',
]);

/** https://tc39.es/ecma262/#prod-ReservedWord, and what strict mode reserves. */
const reservedWords = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false
  finally for function if implements import in instanceof interface let new null package private protected public return
  static super switch this throw true try typeof var void while with yield`.split(/\s+/),
);

/** What a new system's name must not be, given the settings of the app and the toolsets of its systems. */
export function problemWithName(
  name: string,
  { settings, toolsets }: { settings: readonly string[]; toolsets: readonly string[] },
): string | undefined {
  if (!/^[a-z][a-z0-9]+(-[a-z0-9]+)*$/.test(name) || name.length > 30) {
    return `${JSON.stringify(name)} cannot be a system's name: it must be lower-case letters, digits and hyphens, begin with a letter, and have 2 to 30 characters.`;
  }
  if (reservedNames.has(name) || taken.has(name) || reservedWords.has(name)) {
    return `A system cannot be called ${name}: the word is reserved.`;
  }
  if (toolsets.includes(name)) return `There is a toolset ${name} already.`;
  const setting = settings.find(known => known.startsWith(`${namesOf(name).setting}_`));
  return setting && `A system cannot be called ${name}: its settings would look like the app's own ${setting}.`;
}
