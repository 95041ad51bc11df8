/** Longer names are compared by their beginnings. */
const COMPARED = 40;
const MAX_NAMES = 2_000;
const MAX_NEAR = 5;

/** Of these names the few that somebody may have meant, the nearest first: alike but for some letters, or one in the other. */
export function nearNames(wanted: string, names: readonly string[]): string[] {
  const sought = comparable(wanted);
  if (sought === '') return [];
  const ranked = [...new Set(names.slice(0, MAX_NAMES))].flatMap(name => {
    const other = comparable(name);
    if (other === '') return [];
    const isPart = sought.length > 2 && other.length > 2 && (other.includes(sought) || sought.includes(other));
    const most = Math.max(1, Math.floor(Math.max(sought.length, other.length) / 3));
    const distance = isPart ? 1 : editDistance(sought, other, most);
    return distance <= most ? [{ name, distance }] : [];
  });
  return ranked
    .sort((one, other) => one.distance - other.distance)
    .slice(0, MAX_NEAR)
    .map(({ name }) => name);
}

function comparable(name: string): string {
  return name.normalize('NFKC').toLowerCase().slice(0, COMPARED);
}

/**
 * How many letters must be changed, added, left out, or change places with their neighbour, to make one of the other: the
 * optimal string alignment distance. Where it is more than `most`, which nobody asks further, any number above that.
 */
function editDistance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  let leastBefore = 0;
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at];
    let least = at;
    for (let to = 1; to <= other.length; to += 1) {
      const isSame = one[at - 1] === other[to - 1];
      const isSwapped = at > 1 && to > 1 && one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1];
      let distance = Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, (row[to - 1] ?? 0) + (isSame ? 0 : 1));
      if (isSwapped) distance = Math.min(distance, (before[to - 2] ?? 0) + 1);
      next.push(distance);
      least = Math.min(least, distance);
    }
    // Every way further leads through one of the last two rows.
    if (Math.min(least, leastBefore) > most) return most + 1;
    leastBefore = least;
    [before, row] = [row, next];
  }
  return row[other.length] ?? 0;
}
