/** What is to happen, by its time: a binary heap. Of the same time, what was added first comes first. */
export function createEvents<Event>(): {
  add(at: number, event: Event): void;
  /** Takes the earliest; undefined when there is none left. */
  next(): { at: number; event: Event } | undefined;
} {
  type Entry = { at: number; order: number; event: Event };
  const heap: Entry[] = [];
  let added = 0;
  const isBefore = (one: Entry, other: Entry) => one.at < other.at || (one.at === other.at && one.order < other.order);

  /** Moves the entry down from the top to where it belongs. */
  const sink = (entry: Entry) => {
    let place = 0;
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
      if (!left) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (isBefore(entry, child)) break;
      heap[place] = child;
      place = 2 * place + (isRight ? 2 : 1);
    }
    heap[place] = entry;
  };

  return {
    add(at, event) {
      const entry = { at, order: added++, event };
      let place = heap.length;
      while (place > 0) {
        const parent = (place - 1) >> 1;
        const above = heap[parent];
        if (!above || isBefore(above, entry)) break;
        heap[place] = above;
        place = parent;
      }
      heap[place] = entry;
    },
    next() {
      const [first] = heap;
      const last = heap.pop();
      if (first && last && heap.length > 0) sink(last);
      return first && { at: first.at, event: first.event };
    },
  };
}
