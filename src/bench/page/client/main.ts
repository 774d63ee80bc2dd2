/** What runs in the page: one file with uPlot in it, made by tools/bundle.ts, without a network. */
import type { PageData } from '../data.js'
import { Charts } from './charts.js'
import { element } from './element.js'
import { header } from './header.js'
import { results } from './results.js'
import { timeline } from './timeline.js'

const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData
const charts = new Charts(data)

document.body.append(
  element('main', {}, [
    header(data.record, () => {
      charts.redraw()
    }),
    results(data.record),
    ...(data.figures.length === 0
      ? []
      : [
          element('section', { className: 'metrics' }, [
            element('h2', {}, ['What the machines did meanwhile']),
            element('p', { className: 'hint' }, [
              'Drag across a chart to look closer, click a phase to see it alone, double-click for the whole run. A click on a name hides its line.',
            ]),
            timeline(data, (span) => {
              charts.zoom(span)
            }),
            charts.element,
          ]),
        ]),
  ]),
)
charts.draw()
