import type { Row } from './benchmark.js'

/** Rows for a terminal, the columns aligned. */
export function table(rows: readonly Row[]): string {
  const cells = [
    ['benchmark', 'unit', 'ours', 'reference', 'ratio', 'goal', ''],
    ...rows.map(({ name, unit, ours, reference, ratio, goal }) => [
      name,
      unit,
      ...[ours, reference, ratio].map((value) => value.toFixed(3)),
      `≤ ${goal}`,
      ratio <= goal ? 'met' : 'MISSED',
    ]),
  ]
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0))) ?? []
  const isText = (column: number): boolean => column < 2 || column === 6
  return cells
    .map((line) =>
      line
        .map((cell, column) =>
          isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
