import { filtersObject as objectOf } from '../../../../shared/filter/filtersObject.ts';
import { filterInputs } from './filterInputs.ts';

/** The filters of a search as one JSON object, for an action that has other uses for their names. */
export const filtersObject = objectOf(filterInputs, '{"projectId": "ABC", "openOnly": true}');
