import { marked } from 'marked'
import sanitize from 'sanitize-html'

/* Tables and details as @actions/core writes them into summaries, and what Markdown itself gives. No images: the page is offline. */
const tags = [
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'blockquote', 'pre', 'code', 'hr', 'br', 'details', 'summary'],
  ...['ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ...['a', 'b', 'strong', 'i', 'em', 'del', 's', 'sub', 'sup', 'kbd'],
]

/** HTML of a step summary with nothing in it that acts: what guests print may have ended up there. */
export function renderMarkdown(markdown: string): string {
  return sanitize(marked.parse(markdown, { async: false, gfm: true }), {
    allowedTags: tags,
    allowedAttributes: {
      a: ['href', 'rel'],
      th: ['align', 'colspan', 'rowspan'],
      td: ['align', 'colspan', 'rowspan'],
      details: ['open'],
    },
    allowedSchemes: ['http', 'https', 'mailto'],
    transformTags: { a: sanitize.simpleTransform('a', { rel: 'noreferrer noopener' }) },
  })
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for an HTML element or a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
