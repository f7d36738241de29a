/**
 * Values at run time carry no type of their own: every place that holds one knows its data type statically
 * (checking has proved it), so a string is a JavaScript string and equality on the hot path is `===`.
 *
 * | data type                         | representation                                            |
 * |-----------------------------------|-----------------------------------------------------------|
 * | string, anyURI                    | string                                                    |
 * | boolean                           | boolean                                                   |
 * | integer                           | bigint                                                    |
 * | double                            | number                                                    |
 * | the other twelve, xpathExpression | a frozen plain object, its type in `values/<data-type>.ts` |
 */
export type Value = string | boolean | bigint | number | object

/** A value with its data type, where the type is not known statically: request attributes, obligation assignments. */
export interface TypedValue {
  /** Full URI of the data type. */
  readonly dataType: string
  readonly value: Value
}

/** A bag (section 7.3.2): no order is promised, duplicates count. All values are of one data type, known to the holder. */
export type Bag = readonly Value[]
