/** Short ways to write down an attribute. */
import type { AttributeFact, Category } from '../steps.ts'
import { boolean, string } from './vocabulary.ts'

export const strings = (category: Category, id: string, values: readonly string[]): AttributeFact => ({
  category,
  id,
  values: values.map((value) => ({ dataType: string, value })),
})

export const truth = (category: Category, id: string, value: boolean): AttributeFact => ({
  category,
  id,
  values: [{ dataType: boolean, value }],
})
