/** Sections 5.12 and 5.13: versions and version patterns are numbers with dots. */
import { isVersion, isVersionPattern } from '../references/version.ts'
import { type Check, error } from './check.ts'

export const versions: Check = function* ({ policies, policySets, references }) {
  for (const { version, at } of [...policies, ...policySets]) {
    if (!isVersion(version))
      yield error('XACML-BAD-VERSION', at, `\`${version}\` is not a version; write numbers and dots, like 1.0`)
  }
  for (const { version, earliestVersion, latestVersion, at } of references) {
    for (const pattern of [version, earliestVersion, latestVersion]) {
      if (pattern === undefined || isVersionPattern(pattern)) continue
      yield error(
        'XACML-BAD-VERSION',
        at,
        `\`${pattern}\` is not a version pattern; write numbers, dots, \`*\` and \`+\``,
      )
    }
  }
}
