/** Shapes as people read them in a message: `string`, `bag of integer`. */
import type { Shape } from '../functions/row.ts'
import { dataTypes } from '../values/index.ts'

export const shapeText = ({ dataType, bag }: Shape): string =>
  `${bag ? 'a bag of ' : ''}${dataTypes.get(dataType)?.name ?? dataType}`

export const sameShape = (a: Shape, b: Shape): boolean => a.bag === b.bag && a.dataType === b.dataType
