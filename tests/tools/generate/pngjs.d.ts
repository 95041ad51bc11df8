/** The part of pngjs that the icon's test uses; the package has no types of its own. */
declare module 'pngjs' {
  /** `data` has red, green, blue and opacity of each pixel, row by row. */
  export const PNG: { sync: { read(file: Buffer): { width: number; height: number; data: Buffer } } };
}
