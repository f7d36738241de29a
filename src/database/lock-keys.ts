/** Every advisory lock there is: `portvak0` and so on, read as numbers. One list, so that no two parts share one by accident. */
export const lockKeys = {
  /** One copy of Portvakt on an embedded database. */
  folder: '8101820099190680368',
  /** Migrations, one node at a time. */
  migrate: '8101820099190680369',
  /** Writers of the registries take turns. */
  registry: '8101820099190680370',
  /** Makes a partition of the record. */
  recordMonths: '8101820099190680371',
} as const
