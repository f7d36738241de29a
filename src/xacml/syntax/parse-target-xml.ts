/** Targets: XACML 3.0 core, sections 5.6 to 5.9. */
import type { AllOf, AnyOf, Match, Target } from '../model/policy.ts'
import { uriOf } from './access.ts'
import { type Building, readDesignator, readLiteral, readSelector } from './parse-expression-xml.ts'
import type { XmlElement } from './xml/element.ts'

export function readTarget(building: Building, element: XmlElement): Target {
  return { anyOf: element.children.map((child) => readAnyOf(building, child)), at: element.at }
}

function readAnyOf(building: Building, element: XmlElement): AnyOf {
  return { allOf: element.children.map((child) => readAllOf(building, child)), at: element.at }
}

function readAllOf(building: Building, element: XmlElement): AllOf {
  return { matches: element.children.map((child) => readMatch(building, child)), at: element.at }
}

function readMatch(building: Building, element: XmlElement): Match {
  const [value, attribute] = element.children
  if (value === undefined || attribute === undefined) throw new Error('unchecked tree: Match without its two children')
  return {
    function: uriOf(element, 'MatchId'),
    literal: readLiteral(building, value),
    attribute: attribute.name === 'AttributeSelector' ? readSelector(building, attribute) : readDesignator(attribute),
    at: element.at,
  }
}
