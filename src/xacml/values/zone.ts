/** Time zones of XML Schema: minutes east of UTC, -840 to 840, or undefined where none is written. */
export type Zone = number | undefined

/** What a value without zone is taken to be in: UTC, so that two values without zone compare as they are written. */
export const defaultZone = 0

/** For use inside larger patterns: one group, `Z`, `+hh:mm` or `-hh:mm`. */
export const zonePattern = '(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?'

export const parseZone = (text: string | undefined): Zone => {
  if (text === undefined) return undefined
  if (text === 'Z') return 0
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(4, 6))
  return text.charCodeAt(0) === 0x2d && minutes !== 0 ? -minutes : minutes
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value))

export const printZone = (zone: Zone): string => {
  if (zone === undefined) return ''
  if (zone === 0) return 'Z'
  const minutes = Math.abs(zone)
  return `${zone < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
