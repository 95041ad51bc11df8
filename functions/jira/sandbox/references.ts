import { type DataFileName, type DataFiles, problemIn } from './dataFiles.ts';
import type { Named } from './model.ts';

/** Where something stands in a data file: `[3].comments[0].by` of `issues.json`. */
export interface Place {
  file: DataFileName;
  path: string;
}

export const below = ({ file, path }: Place, name: string | number): Place => ({
  file,
  path: typeof name === 'number' ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`,
});

export type References = ReturnType<typeof createReferences>;

/** Finds what the data refer to, and collects what is wrong with them. */
export function createReferences({ people, pathOf }: DataFiles) {
  const problems: string[] = [];
  const report = ({ file, path }: Place, message: string): undefined => {
    problems.push(problemIn(pathOf(file), path, message));
  };
  return {
    report,
    /** An error with a line for each fault that was reported. */
    failure: () => new Error(problems.join('\n')),
    /** @throws Error with a line for each fault that was reported, if any */
    throwProblems(): void {
      if (problems.length > 0) throw this.failure();
    },
    /** The entry of a list by its name; what has none is reported. */
    named<T extends Named>(place: Place, kind: string, list: readonly T[], name: string): T | undefined {
      const found = list.find(each => each.name === name);
      const others = list.map(each => `'${each.name}'`).join(', ');
      return found ?? report(place, `there is no ${kind} '${name}'; there are: ${others || 'none'}`);
    },
    person(place: Place, email: string): DataFiles['people'][number] | undefined {
      return people.find(person => person.email === email) ?? report(place, `there is no person '${email}'`);
    },
  };
}
