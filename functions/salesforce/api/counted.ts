/** A noun in singular and plural: `['opportunity', 'opportunities']`. */
export type Noun = readonly [one: string, many: string];

/** `1 opportunity`, `3 opportunities`. */
export function counted(count: number, [one, many]: Noun): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `1 opportunity matches`, `3 opportunities match`. */
export function matching(count: number, noun: Noun): string {
  return `${counted(count, noun)} ${count === 1 ? 'matches' : 'match'}`;
}
