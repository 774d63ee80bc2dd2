import type { Unit } from './figures.js'

const prefixes = { bytes: ['B', 'KiB', 'MiB', 'GiB', 'TiB'], hertz: ['Hz', 'kHz', 'MHz', 'GHz', 'THz'] }

/** A value with its unit, in three digits or so. */
export function shown(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return '–'
  if (unit === '%') return `${digits(value)} %`
  if (unit === 'bytes') return scaled(value, 1024, prefixes.bytes)
  if (unit === 'bytes/s') return `${scaled(value, 1024, prefixes.bytes)}/s`
  if (unit === 'Hz') return scaled(value, 1000, prefixes.hertz)
  return unit === '1/s' ? `${digits(value)}/s` : digits(value)
}

function scaled(value: number, step: number, units: readonly string[]): string {
  let left = value
  let index = 0
  for (; left >= step && index < units.length - 1; index += 1) left /= step
  return `${digits(left)} ${units[index] ?? ''}`
}

/** Thousands set apart, three digits or all before the point. */
export function digits(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e12 || Math.abs(value) < 1e-4)) return value.toExponential(2)
  const form = Math.abs(value) >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 }
  return value.toLocaleString('en-US', form).replaceAll(',', '\u202f')
}

/** `12.3 s`, `4:05`. */
export function time(seconds: number): string {
  if (Math.abs(seconds) < 100) return `${digits(Math.round(seconds * 10) / 10)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(Math.abs(whole % 60)).padStart(2, '0')}`
}
