/** Durations of XML Schema / ISO 8601 (`P30D`, `PT2H30M`) as whole seconds, a year as 365 days and a month as 30, as .NET counts them. */

const pattern =
  /^(-)?P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.\d{1,9})?S)?)?$/
const day = 86_400

/** Seconds, fractions cut off; undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  const match = pattern.exec(text.trim())
  if (match === null || !/\d/.test(text) || text.trim().endsWith('T')) return undefined
  const [, sign, years, months, days, hours, minutes, seconds] = match
  const number = (digits: string | undefined): number => Number(digits ?? 0)
  const total =
    (number(years) * 365 + number(months) * 30 + number(days)) * day +
    number(hours) * 3_600 +
    number(minutes) * 60 +
    number(seconds)
  return sign === undefined ? total : -total
}

/** The canonical form: days, hours, minutes and seconds that are not zero; `PT0S` for none. */
export function printDuration(seconds: number): string {
  if (seconds === 0) return 'PT0S'
  const rest = Math.abs(seconds)
  const part = (count: number, unit: string): string => (count === 0 ? '' : `${count}${unit}`)
  const time =
    part(Math.floor((rest % day) / 3_600), 'H') + part(Math.floor((rest % 3_600) / 60), 'M') + part(rest % 60, 'S')
  return `${seconds < 0 ? '-' : ''}P${part(Math.floor(rest / day), 'D')}${time === '' ? '' : `T${time}`}`
}
