import { Failure } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';

/** How many names a message lists. */
const MAX_LISTED = 40;

/** A name as it is compared: whatever its case and the spaces in it. */
export function folded(name: string): string {
  return name.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/** Those of the things that are called so; of several, only those that are spelt exactly so, where there is one. */
export function calledSo<Thing>(things: readonly Thing[], name: string, nameOf: (thing: Thing) => string): Thing[] {
  const wanted = folded(name);
  return spelledSo(
    things.filter(thing => folded(nameOf(thing)) === wanted),
    name,
    nameOf,
  );
}

/** Of things that are called so in any case, those that are spelt exactly so, where there is one. */
export function spelledSo<Thing>(alike: Thing[], name: string, nameOf: (thing: Thing) => string): Thing[] {
  if (alike.length < 2) return alike;
  const exact = alike.filter(thing => nameOf(thing).trim() === name.trim());
  return exact.length > 0 ? exact : alike;
}

/** The failure for a name that several things have, of which none is taken: it names the input, and what to give instead. */
export function ambiguous(input: string, name: string, choices: readonly string[]): Failure {
  const message = severalSentence(name, choices);
  return new Failure('ambiguous', `${input}: ${message}`, { errors: [{ field: input, message }] });
}

export function severalSentence(name: string, choices: readonly string[]): string {
  return `${quoted(name)} may mean each of these: ${listed(choices)}. Nothing was done. Ask the user which one is meant, and give that.`;
}

/** Names, one after the other, as a message has them. */
export function listed(names: readonly string[]): string {
  // A name with a comma in it would look like two names.
  const shown = names
    .slice(0, MAX_LISTED)
    .map(name => (name.includes(',') ? `"${name}"` : name))
    .join(', ');
  return names.length > MAX_LISTED ? `${shown} and ${names.length - MAX_LISTED} others` : shown;
}
