import { Failure } from '../../../../shared/failure.ts';
import { quoted } from '../../../../shared/text.ts';
import { objectOf } from '../readRecord.ts';
import { isRecordId, longRecordId } from '../recordId.ts';
import type { Salesforce } from '../salesforce.ts';
import { namedRecord, nameOf, type SaleObject } from './namedRecord.ts';

interface Target {
  id: string;
  objectType: string;
}

const sought: readonly SaleObject[] = ['Opportunity', 'Quote'];

/**
 * The record that is meant: one of any object by its ID, an opportunity or a quote also by its name or its account's.
 * @throws Failure `not_found`, and `ambiguous` with the choices
 */
export async function approvalTarget(salesforce: Salesforce, given: string, input: string): Promise<Target> {
  if (isRecordId(given) && /\d/.test(given)) {
    const id = longRecordId(given);
    return { id, objectType: await objectOf(salesforce, id) };
  }
  const failures: Failure[] = [];
  const found = await Promise.all(
    sought.map(objectType =>
      namedRecord(salesforce, { objectType, given, input }).then(
        record => ({ objectType, record }),
        (error: unknown) => {
          if (!(error instanceof Failure) || !['not_found', 'forbidden', 'ambiguous'].includes(error.code)) throw error;
          failures.push(error);
          return undefined;
        },
      ),
    ),
  );
  const all = found.filter(each => each !== undefined);
  // One of the very name wins over one that is found by what it belongs to, as a quote by its opportunity.
  const named = all.filter(({ record }) => nameOf(record).toLowerCase() === given.trim().toLowerCase());
  const [only, other] = named.length > 0 ? named : all;
  const several = failures.filter(({ code }) => code === 'ambiguous');
  if (several.length > 0) {
    const one = only && `It may also mean the ${only.objectType} ${nameOf(only.record)} (${only.record.Id}).`;
    const told = several.map(({ message: each }) => each.replace(`${input}: `, ''));
    const message = [...told, ...(one ? [one] : [])].join(' ');
    throw new Failure('ambiguous', `${input}: ${message}`, { errors: [{ field: input, message }] });
  }
  if (only && other) {
    const choices = [only, other].map(({ objectType, record }) => `${objectType} ${nameOf(record)} (${record.Id})`);
    const message = `${quoted(given)} may mean ${choices.join(' or ')}. Nothing was done. Ask the user which one, and give its ID.`;
    throw new Failure('ambiguous', `${input}: ${message}`, { errors: [{ field: input, message }] });
  }
  if (only) return { id: only.record.Id, objectType: only.objectType };
  throw (
    failures.find(({ code }) => code === 'not_found') ?? failures[0] ?? new Failure('not_found', 'Nothing was found.')
  );
}
