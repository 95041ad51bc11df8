import * as z from 'zod';

/** A project's key or numeric id. Nothing else reaches a path or a query. */
export const projectId = z
  .string()
  .trim()
  .regex(
    /^([A-Za-z][A-Za-z0-9_]{1,254}|[1-9]\d{0,17})$/,
    'It must be a project key such as ATLAS, or a numeric project ID.',
  )
  .transform(value => value.toUpperCase())
  .describe('The ID of the project: its key, such as ATLAS, or its numeric ID.');
