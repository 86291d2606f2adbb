import {describe, expect, it} from 'vitest'
import {linkCitations, renderMarkdown} from '../../src/http/views/markdown.ts'

const CITED = ['/memories/evt-1', '/memories/evt-2']

describe('Markdown of a model', () => {
  it('becomes what it means', () => {
    const html = renderMarkdown('# Title\n\nSome **bold** and `code`\n\n- one\n- two\n\n| a |\n| - |\n| 1 |')
    expect(html).toContain('<h3>Title</h3>')
    expect(html).toContain('<strong>bold</strong> and <code>code</code>')
    expect(html).toContain('<li>one</li>')
    expect(html).toContain('<td>1</td>')
  })

  it('shows HTML as text', () => {
    for (const hostile of [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      'a <b onclick="alert(1)">b</b>',
      '<svg/onload=alert(1)>',
      '<a href="javascript:alert(1)">x</a>',
      '<style>*{display:none}</style>',
      '<iframe src="//example.org">'
    ]) {
      const html = renderMarkdown(hostile)
      expect(html.replaceAll(/<\/?(?:p|em)>/g, ''), hostile).not.toMatch(/<\w/)
      expect(html).toContain('&lt;')
    }
  })

  it('has no links but to the web and to what it cites, and no pictures', () => {
    expect(renderMarkdown('[a](javascript:alert(1))')).toBe('<p><a>a</a></p>\n')
    expect(renderMarkdown('[a](data:text/html,x)')).not.toContain('href')
    expect(renderMarkdown('[a](/sign-out)')).not.toContain('href')
    expect(renderMarkdown('[a](//example.org)')).not.toContain('href')
    expect(renderMarkdown('![a](https://example.org/a.png)')).toBe('<p>a</p>\n')
    expect(renderMarkdown('[a](https://example.org)')).toContain(
      '<a href="https://example.org" rel="noreferrer noopener nofollow">a</a>'
    )
  })

  it('links what it cites, but not in code, and not what there is not', () => {
    expect(renderMarkdown('So [1], [1, 2] and [3].', CITED)).toBe(
      '<p>So [<a href="/memories/evt-1">1</a>], [<a href="/memories/evt-1">1</a>, <a href="/memories/evt-2">2</a>] and [3].</p>\n'
    )
    expect(renderMarkdown('`list[1]`', CITED)).not.toContain('href')
    expect(renderMarkdown('[1](https://example.org)', CITED)).toContain('href="https://example.org"')
  })
})

it('plain text stays plain text, with what it cites as links', () => {
  expect(linkCitations('<b>**2024** [2]', CITED)).toBe('&lt;b&gt;**2024** [<a href="/memories/evt-2">2</a>]')
})
