import type { Span } from '../../spans.js'
import type { PageData } from '../data.js'
import { element } from './element.js'
import { time } from '../../metrics/shown.js'

/** The phases side by side, each as wide as it was long. */
export function timeline({ spans }: PageData, chosen: (span: Span) => void): HTMLElement {
  const first = spans[0]?.start ?? 0
  const whole = (spans.at(-1)?.end ?? 0) - first
  return element(
    'nav',
    { className: 'phases' },
    spans.map((span, index) => {
      const length = span.end - span.start
      const label = `${span.name}: ${time(length)}, from ${time(span.start)}`
      const button = element('button', { type: 'button', title: label, className: `phase p${index % 6}` }, [
        element('b', {}, [span.name]),
        element('span', {}, [time(length)]),
      ])
      button.style.flexGrow = String(whole > 0 ? Math.max(length / whole, 0.02) : 1)
      button.addEventListener('click', () => {
        chosen(span)
      })
      return button
    }),
  )
}
