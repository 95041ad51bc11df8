import { Failure } from '../../../shared/failure.ts';
import { sentence } from '../../../shared/text.ts';

/** A failure of one of many, which does not keep the others from being done. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}

/** @throws Failure the one that all of them have, which is then better told once; not where nothing is to be done */
export function failedAlike(failures: readonly Failure[], count: number): void {
  const [first] = failures;
  if (!first || failures.length < count || first.code === 'conflict') return;
  if (failures.every(({ message }) => message === first.message)) throw first;
}

/** `Ana`, `Ana and Li Wei`, `Ana, Li Wei and Tom` */
export function listed(all: readonly string[]): string {
  const last = all.at(-1) ?? '';
  return all.length < 2 ? last : `${all.slice(0, -1).join(', ')} and ${last}`;
}

/** What is told of one of many: `Contact "Tom Reed": Title Head of IT.` */
export function sentenceOf(parts: readonly string[]): string {
  return sentence(parts.filter(Boolean).join(': '));
}
