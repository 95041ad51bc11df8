/** Marks the answer of a write that was not made this time, because an equal one had just been. */
export const repeated = { deduplicated: true } as const;

export function isRepeated(output: object): boolean {
  return 'deduplicated' in output && output.deduplicated === true;
}
