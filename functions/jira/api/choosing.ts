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
  const alike = things.filter(thing => folded(nameOf(thing)) === wanted);
  if (alike.length < 2) return alike;
  const exact = alike.filter(thing => nameOf(thing).trim() === name.trim());
  return exact.length > 0 ? exact : alike;
}

/** What a thing is called, and how it is told from others of its name. */
export interface Labels<Thing> {
  name(thing: Thing): string;
  id(thing: Thing): string | null | undefined;
  /** As it is told among others of its name; `Name (ID 12)` unless given. */
  told?(thing: Thing): string;
}

/** Those of the things that a text means: by their name, or else by their ID, or as a message told them apart. */
export function meantBy<Thing>(things: readonly Thing[], text: string, labels: Labels<Thing>): Thing[] {
  const byName = calledSo(things, text, labels.name);
  if (byName.length > 0) return byName;
  const byId = things.filter(thing => labels.id(thing) === text.trim());
  return byId.length > 0 ? byId : calledSo(things, text, thing => toldApart(thing, labels));
}

/** A thing as a message tells it from others of its name. */
export function toldApart<Thing>(thing: Thing, { name, id, told }: Labels<Thing>): string {
  return told?.(thing) ?? `${name(thing)} (ID ${id(thing)})`;
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
