import { failureCodes } from '../../shared/failure.ts';

/** Every status that a failure may have, with the failures that it stands for. */
export const problemStatuses: readonly { status: number; description: string }[] = [
  ...Map.groupBy(Object.entries(failureCodes), ([, { status }]) => status),
].map(([status, failures]) => ({
  status,
  description: `${failures.map(([code, { title }]) => `${title} (${code})`).join('; ')}.`,
}));
