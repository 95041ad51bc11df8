import { Failure, invalidInput } from '../failure.ts';
import { quoted } from '../text.ts';
import { nearNames } from './nearNames.ts';
import { beginsWithWords } from './wordBeginning.ts';

/** A field that people know by its label. */
export interface Labelled {
  /** What programs know it by. A caller gives it where a label is that of several fields. */
  id: string;
  label: string;
  /** Other names that people give it. */
  also?: readonly string[] | undefined;
  /** What answers call it, which counts where nothing else is called so. */
  shownAs?: readonly string[] | undefined;
}

/** A label as it is compared: whatever its case, its spaces and its hyphens. */
export function folded(label: string): string {
  return label
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, '');
}

/**
 * The field that a label means. One that is written just so wins over one that differs in case or spaces, and a label over
 * another name. Where `mayBegin` is given, the only label of those fields that begins with these words is taken, too.
 * @param input The input that the label was given in, for messages.
 * @param hint A sentence that says where all fields are told.
 * @throws Failure `invalid_input` that names the near ones, or `ambiguous` with the IDs of those that have the label
 */
export function fieldCalled<Field extends Labelled>(
  label: string,
  fields: readonly Field[],
  { input, hint = '', mayBegin }: { input: string; hint?: string; mayBegin?: (field: Field) => boolean },
): Field {
  const wanted = folded(label);
  const ways: ((field: Field) => boolean)[] = [
    ({ id }) => id === label,
    field => field.label === label,
    field => folded(field.label) === wanted,
    ({ id, also = [] }) => folded(id) === wanted || also.some(name => folded(name) === wanted),
    ({ shownAs = [] }) => shownAs.some(name => folded(name) === wanted),
  ];
  for (const isMeant of ways) {
    const [field, ...others] = fields.filter(isMeant);
    if (field && others.length === 0) return field;
    if (field) throw severalFields(label, [field, ...others], input);
  }
  const [longer, ...more] = mayBegin ? fields.filter(each => mayBegin(each) && beginsWithWords(each.label, label)) : [];
  if (longer && more.length === 0) return longer;
  const near = nearNames(
    label,
    fields.map(field => field.label),
  );
  const didYouMean = near.length > 0 ? ` The nearest are ${near.map(quoted).join(', ')}.` : '';
  const message = `There is no field ${quoted(label)} that can be used here.${didYouMean}${hint && ` ${hint}`}`;
  throw invalidInput([{ field: input, message }]);
}

const MAX_CHOICES = 10;

function severalFields(label: string, fields: readonly Labelled[], input: string): Failure {
  const choices = fields.slice(0, MAX_CHOICES).map(field => `${field.id} (${field.label})`);
  const more = fields.length > MAX_CHOICES ? ' and others' : '';
  const message = `Several fields are called ${quoted(label)}: ${choices.join(', ')}${more}. Give the ID of the one that is meant in place of the label.`;
  return new Failure('ambiguous', `${input}: ${message}`, { errors: [{ field: input, message }] });
}
