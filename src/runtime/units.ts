const sizeFactors: Readonly<Record<string, number>> = {
  '': 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
}
const durationFactors: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 60e3, h: 3600e3 }

export const sizeForm = 'a size such as 512MiB, 4G or 1.5G (K, M, G, T; powers of 1024)'
export const durationForm = 'a duration such as 90s, 5m or 1h30m'

/** Bytes in a size such as `4G`, `4GiB` or `512M`; undefined if it is not one. Units are powers of 1024, as in QEMU. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim())
  if (!match) return undefined
  const bytes = Number(match[1]) * (sizeFactors[(match[2] ?? '').toUpperCase()] ?? 1)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** Milliseconds in a duration such as `90s`, `1.5m` or `1h30m`; undefined if it is not one. */
export function parseDuration(text: string): number | undefined {
  const parts = text.trim().matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/gy)
  let length = 0
  let milliseconds = 0
  for (const [part, number, unit] of parts) {
    length += part.length
    milliseconds += Number(number) * (durationFactors[unit ?? ''] ?? NaN)
  }
  return length > 0 && length === text.trim().length ? Math.round(milliseconds) : undefined
}

/** `1.4 GiB`, `512 MiB`, `17 B`: for people. */
export function formatSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 || Number.isInteger(value) ? value : value.toFixed(1)} ${units[unit] ?? ''}`
}

/** `0.12 s`, `9.3 s`, `4 m 05 s`: for people. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 1) return `${seconds.toFixed(2)} s`
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} m ${String(whole % 60).padStart(2, '0')} s`
}
