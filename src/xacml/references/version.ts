/** Versions and version match patterns (sections 5.12 and 5.13). */
import type { PolicyReference } from '../model/policy.ts'

const versionForm = /^\d+(\.\d+)*$/
const patternForm = /^((\d+|\*)\.)*(\d+|\*|\+)$/

export const isVersion = (text: string): boolean => versionForm.test(text)
/** `+` stands for any rest, so nothing comes after it. */
export const isVersionPattern = (text: string): boolean => patternForm.test(text)

/** Number by number, so 10.0 is after 2.0; a version that only adds numbers is later. Of any length: no precision is lost. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.')
  const right = b.split('.')
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const order = compareNumbers(left[i], right[i])
    if (order !== 0) return order
  }
  return 0
}

/** As text, in time linear in its length: a longer number is larger. */
function compareNumbers(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1
  const left = withoutLeadingZeros(a)
  const right = withoutLeadingZeros(b)
  if (left.length !== right.length) return left.length < right.length ? -1 : 1
  return left === right ? 0 : left < right ? -1 : 1
}

const withoutLeadingZeros = (digits: string): string => (digits.startsWith('0') ? digits.replace(/^0+/, '') : digits)

/** Section 5.13: `*` is any one number, `+` any numbers, also none. */
export function matchesVersion(version: string, pattern: string): boolean {
  const parts = version.split('.')
  const wanted = pattern.split('.')
  for (const [i, one] of wanted.entries()) {
    if (one === '+') return true
    const part = parts[i]
    if (part === undefined || (one !== '*' && compareNumbers(part, one) !== 0)) return false
  }
  return parts.length === wanted.length
}

/** Whether a version is one that the reference accepts. Earliest and latest are patterns too: the ends of a range. */
export function accepts(reference: PolicyReference, version: string): boolean {
  const { version: exact, earliestVersion, latestVersion } = reference
  return (
    (exact === undefined || matchesVersion(version, exact)) &&
    (earliestVersion === undefined || isWithin(version, earliestVersion, 1)) &&
    (latestVersion === undefined || isWithin(version, latestVersion, -1))
  )
}

/** At or past the pattern, in the given direction; a wildcard accepts whatever number stands there, and from there on. */
function isWithin(version: string, pattern: string, direction: 1 | -1): boolean {
  if (matchesVersion(version, pattern)) return true
  const wanted = pattern.split('.')
  const parts = version.split('.')
  for (const [i, limit] of wanted.entries()) {
    if (limit === '+') return true
    if (limit === '*') {
      if (parts[i] === undefined) return direction === -1
      continue
    }
    const order = compareNumbers(parts[i], limit)
    if (order !== 0) return order === direction
  }
  return direction === 1
}

/** Of those that the reference accepts, the newest. */
export function newestAccepted<T extends { readonly id: string; readonly version: string }>(
  reference: PolicyReference,
  candidates: readonly T[],
): T | undefined {
  return candidates
    .filter((candidate) => candidate.id === reference.id && accepts(reference, candidate.version))
    .reduce<T | undefined>(
      (newest, next) => (newest && compareVersions(newest.version, next.version) >= 0 ? newest : next),
      undefined,
    )
}
