import { nearNames } from '../../../shared/filter/nearNames.ts';
import { beginsWithWords } from '../../../shared/filter/wordBeginning.ts';
import { quoted } from '../../../shared/text.ts';
import type { FieldDescription } from './wire.ts';

type Choice = FieldDescription['picklistValues'][number];

/** What a text means in a picklist: one of its choices, several of one name, or none. */
export type FoundChoice = { value: string } | { several: Choice[] } | undefined;

/** A name as it is compared: whatever its case and the spaces in it. */
const folded = (name: string) => name.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();

const activeOf = ({ picklistValues }: FieldDescription) => picklistValues.filter(({ active }) => active);

/**
 * The choice that is called so, by its value or its label; one that is spelt exactly so wins. Of several with one label,
 * those that `controlling`, the value of the field that decides, leaves.
 */
export function choiceOf(field: FieldDescription, given: string, controlling?: Controlling): FoundChoice {
  const active = activeOf(field);
  const text = given.trim();
  const sought = folded(given);
  const alike = [
    (choice: Choice) => choice.value === text,
    (choice: Choice) => choice.label === text,
    (choice: Choice) => folded(choice.value) === sought || folded(choice.label ?? '') === sought,
  ];
  for (const isMeant of alike) {
    const found = active.filter(isMeant);
    const offered = controlling ? found.filter(choice => isOffered(choice, controlling)) : found;
    const [only, ...others] = offered.length > 0 ? offered : found;
    if (only) return others.length === 0 ? { value: only.value } : { several: [only, ...others] };
  }
  // Some standard picklists have no values in the description; they take any text.
  return active.length === 0 ? { value: text } : undefined;
}

/** The only choice that begins with these words, such as `Negotiation/Review` with `Negotiation`; of those that `controlling` leaves. */
export function choiceBeginning(field: FieldDescription, given: string, controlling?: Controlling): string | undefined {
  const [only, ...others] = activeOf(field)
    .filter(choice => !controlling || isOffered(choice, controlling))
    .filter(({ value, label }) => [value, label ?? ''].some(name => beginsWithWords(name, given)));
  return others.length === 0 ? only?.value : undefined;
}

/** The choices that are nearly called so, as a sentence to append; empty where there are none. */
export function nearestChoices(field: FieldDescription, given: string): string {
  const near = nearNames(
    given,
    activeOf(field).map(({ value, label }) => label || value),
  );
  return near.length > 0 ? ` The nearest to ${quoted(given)}: ${near.join(', ')}.` : '';
}

/** The field that decides which choices another one has, and its value. */
export interface Controlling {
  field: FieldDescription;
  value: unknown;
}

/**
 * Whether a choice goes with the value of the field that decides. `validFor` has a bit for each choice of that field, or
 * for false and true, the first in the highest place, in base64.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_describesobjects_describesobjectresult.htm
 */
export function isOffered({ validFor }: Choice, { field, value }: Controlling): boolean {
  if (!validFor) return true;
  const at =
    field.type === 'boolean'
      ? Number(value === true)
      : field.picklistValues.findIndex(choice => choice.value === value);
  if (at < 0) return true;
  const bits = Buffer.from(validFor, 'base64');
  return ((bits[at >> 3] ?? 0) & (0x80 >> (at & 7))) !== 0;
}

/** Those that a text gives of a multi-select picklist: a list, or a text with semicolons. */
export function choicesIn(field: FieldDescription, given: string | readonly unknown[]): string[] {
  const texts = typeof given === 'string' ? [given] : given.map(String);
  const parts = texts.flatMap(text => text.split(';')).map(part => part.trim());
  const listed = parts.filter(Boolean);
  const [only = '', ...others] = listed;
  if (typeof given !== 'string' || others.length > 0 || !only.includes(',') || choiceOf(field, only)) return listed;
  // People separate by commas, too; that counts where it makes choices of all parts.
  const byComma = only.split(',').map(part => part.trim());
  return byComma.every(part => choiceOf(field, part)) ? byComma : listed;
}

/** A choice as people see it. */
export function labelOf({ picklistValues }: FieldDescription, value: string): string {
  return picklistValues.find(choice => choice.value === value)?.label || value;
}

const MAX_CHOICES = 30;

/** The choices as a message lists them; `controlling` leaves those that go with it. */
export function listedChoices(field: FieldDescription, controlling?: Controlling): string {
  const active = activeOf(field);
  const offered = controlling ? active.filter(choice => isOffered(choice, controlling)) : active;
  return listed(offered);
}

function listed(all: readonly Choice[]): string {
  const shown = all.slice(0, MAX_CHOICES).map(choiceText).join(', ');
  return shown + (all.length > MAX_CHOICES ? ' and others' : '');
}

/** A comma in a name would make two of it. */
function choiceText({ value, label }: Choice): string {
  const text = value.includes(',') ? quoted(value) : value;
  return label && label !== value ? `${text} (${label})` : text;
}

/** What to say where several choices have one name. */
export function severalChoices(given: string, several: readonly Choice[]): string {
  return `${quoted(given)} may mean each of ${listed(several)}: give the value that is meant, which is before the brackets.`;
}
