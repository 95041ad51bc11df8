interface Refused {
  object?: string | undefined;
  field?: string | undefined;
}

/** What a refusal of Salesforce's is about: an object, or a field of one. */
export function refusedIn(message: string): Refused {
  const [, type] = /sObject type '(\w+)' is not supported/i.exec(message) ?? [];
  if (type) return { object: type };
  const [, field, object] = /No such column '([\w.]+)' on (?:entity|sobject of type) '?(\w+)/i.exec(message) ?? [];
  return { object, field };
}
