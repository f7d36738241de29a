/** XML Schema leaves sizes open; these are ours, far beyond any honest value, so that no value can cost more than its text. */

/** Digits of an integer, of one number inside a duration, and of fractional seconds. */
export const maximumDigits = 1_000

/** The largest year, before and after the common era: exact in double arithmetic down to the minute. */
export const maximumYear = 999_999_999

/** Characters of a string that functions may build. */
export const maximumCharacters = 1_048_576
