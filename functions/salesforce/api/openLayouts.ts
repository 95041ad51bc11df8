import { layoutSchema, layoutsSchema, picklistValuesSchema } from './layoutWire.ts';
import { read } from './wire.ts';

/** What is left of an answer about record types and pages without the fields that are closed; all else of it is dropped. */
type Narrow = (body: unknown, isOpen: (field: string) => boolean) => unknown;

const picklists: Narrow = (body, isOpen) => {
  const { picklistFieldValues } = read(picklistValuesSchema, body);
  return {
    picklistFieldValues: Object.fromEntries(Object.entries(picklistFieldValues).filter(([name]) => isOpen(name))),
  };
};

const layout: Narrow = (body, isOpen) => {
  const { sections, editLayoutSections } = read(layoutSchema, body);
  const open = (all: typeof sections) =>
    all.map(({ layoutRows }) => ({
      layoutRows: layoutRows.map(({ layoutItems }) => ({
        layoutItems: layoutItems.map(({ required, layoutComponents }) => ({
          required,
          layoutComponents: layoutComponents.filter(({ apiName, value }) => isOpen(apiName ?? value ?? '')),
        })),
      })),
    }));
  return { sections: open(sections), editLayoutSections: open(editLayoutSections) };
};

const layouts: Narrow = (body, isOpen) => {
  const { recordTypeMappings } = read(layoutsSchema, body);
  return {
    recordTypeMappings: recordTypeMappings.map(({ recordTypeId, picklistsForRecordType }) => ({
      recordTypeId,
      picklistsForRecordType: picklistsForRecordType.filter(({ picklistName }) => isOpen(picklistName)),
    })),
  };
};

export const narrowed = { picklists, layout, layouts };
