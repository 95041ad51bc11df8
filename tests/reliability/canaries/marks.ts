/** A text that stands in what is closed to somebody, and nowhere else. */
export interface Mark {
  text: string;
  /** What it stands in: `Lead.Company`, `BEACON`, an opportunity of `li-wei`. */
  where: string;
}

/** Makes marks, the same one for the same place. They are letters and digits, so that they may stand in any field. */
export function createMarks() {
  const marks = new Map<string, Mark>();
  return {
    of(where: string): string {
      const mark = marks.get(where) ?? { text: `zq${marks.size + 10}qz`, where };
      marks.set(where, mark);
      return mark.text;
    },
    all: (): Mark[] => [...marks.values()],
  };
}

export type Marks = ReturnType<typeof createMarks>;

/** What all marks begin with: a search for it finds every text that is marked. */
export const MARK_START = 'zq';
