/**
 * Fractional seconds of any length, exactly: the digits after the point without trailing zeros, '' for none.
 * In this form numeric order is the order of strings, and equality is `===`.
 */
export type Fraction = string

/** From the digits as written. */
export const fractionOf = (digits: string | undefined): Fraction => {
  if (digits === undefined) return ''
  let end = digits.length
  while (end > 0 && digits.charCodeAt(end - 1) === 0x30) end--
  return digits.slice(0, end)
}

/** Negative, zero or positive, as for `sort`. */
export const compareFractions = (a: Fraction, b: Fraction): number => (a === b ? 0 : a < b ? -1 : 1)

/** `.5` or nothing. */
export const printFraction = (fraction: Fraction): string => (fraction === '' ? '' : `.${fraction}`)

/** How many units of 10^-digits: '05' with 3 digits is 50. */
export const scaleFraction = (fraction: Fraction, digits: number): bigint =>
  digits === 0 ? 0n : BigInt(fraction.padEnd(digits, '0'))

/** The reverse: 50 units of 10^-3 are '05'. */
export const unscaleFraction = (units: bigint, digits: number): Fraction =>
  digits === 0 ? '' : fractionOf(units.toString().padStart(digits, '0'))
