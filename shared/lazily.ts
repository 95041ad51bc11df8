/** The names of a part's methods that answer later anyhow. */
type Asked<Part> = {
  [Name in keyof Part]: Part[Name] extends (...given: never[]) => Promise<unknown> ? Name : never;
}[keyof Part];

/**
 * A part of a facade whose code is loaded when it is first called, so that nobody else waits for it: its methods, by their
 * names.
 */
export function lazily<Part extends object, Name extends Asked<Part>>(
  names: readonly Name[],
  load: () => Promise<Part>,
): Pick<Part, Name> {
  let loaded: Promise<Part> | undefined;
  const method = (name: Name) => {
    return async (...given: never[]) => {
      loaded ??= load();
      const part = await loaded;
      return (part[name] as (...given: never[]) => Promise<unknown>).apply(part, given);
    };
  };
  // Each is the method of that name, called a moment later.
  return Object.fromEntries(names.map(name => [name, method(name)])) as Pick<Part, Name>;
}
