/** Section 5.31: the text of a literal is in the lexical space of its data type. */
import { readLiteral } from '../evaluating/literal.ts'
import { dataTypes } from '../values/index.ts'
import { xpathExpression } from '../values/xpath-expression.ts'
import { type Check, error } from './check.ts'

export const literalValues: Check = function* ({ expressions }) {
  for (const { expression } of expressions) {
    if (expression.kind !== 'AttributeValue') continue
    const type = dataTypes.get(expression.dataType)
    if (type === undefined || readLiteral(expression) !== undefined) continue
    if (type.id === xpathExpression.id && expression.xpathCategory === undefined) {
      yield error('XACML-BAD-LITERAL', expression.at, 'an xpathExpression needs the attribute `XPathCategory`')
    } else {
      yield error('XACML-BAD-LITERAL', expression.at, `\`${expression.text}\` is not a valid ${type.name}`)
    }
  }
}
