/** A median with the least and the greatest of what was measured. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

function spread(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), low: Math.min(...values), high: Math.max(...values) };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this part of the values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** Two things that were measured in turn, so that whatever else the machine did met both alike. */
export interface Compared {
  ours: Spread;
  theirs: Spread;
  /** Ours by theirs, of each round. */
  ratio: Spread;
}

/** Takes turns in who is first, too. */
export async function compare(
  rounds: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<Compared> {
  const pairs: (readonly [number, number])[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) {
      const own = await ours();
      pairs.push([own, await theirs()]);
    } else {
      const other = await theirs();
      pairs.push([await ours(), other]);
    }
  }
  return compared(pairs);
}

/** @param pairs ours and theirs, of a round each */
export function compared(pairs: readonly (readonly [number, number])[]): Compared {
  return {
    ours: spread(pairs.map(([own]) => own)),
    theirs: spread(pairs.map(([, other]) => other)),
    ratio: spread(pairs.map(([own, other]) => own / other)),
  };
}
