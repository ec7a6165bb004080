// A visitor's browser, as far as signing in needs one: cookies, redirects, and forms as they stand on the page.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'

export class Browser {
  cookies = new Map()

  async request(url, options = {}) {
    const headers = { accept: 'text/html', cookie: [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; '), ...options.headers }
    const response = await fetch(url, { redirect: 'manual', ...options, headers })
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';')
      const at = pair.indexOf('=')
      this.cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return response
  }

  // Follows redirects until one leads to an address that begins with `until`, or a page is shown.
  async open(url, until = '\0', options = {}) {
    for (let hop = 0; hop < 12; hop++) {
      const response = await this.request(url, options)
      options = {}
      const location = response.headers.get('location')
      if (!location) return { url, status: response.status, html: await response.text() }
      url = new URL(location, url).href
      if (url.startsWith(until)) return { url, arrived: true }
    }
    throw new Error(`no end of redirects: ${url}`)
  }

  // Sends the first form of a page that has all the named fields, with what stands in its hidden ones.
  async submit(page, fields, until) {
    const forms = page.html.match(/<form[\s\S]*?<\/form>/g) ?? []
    const names = Object.keys(fields)
    const form = forms.find((one) => names.every((name) => one.includes(`name="${name}"`)))
    assert.ok(form, `no form with ${names} at ${page.url}: ${page.html.slice(0, 2000)}`)
    const body = new URLSearchParams()
    for (const [input] of form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(input)?.[1]
      if (name) body.set(name, unescaped(/value="([^"]*)"/.exec(input)?.[1] ?? ''))
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value)
    const action = /<form[^>]*action="([^"]*)"/.exec(form)?.[1]
    const url = new URL(action ? unescaped(action) : page.url, page.url).href
    return this.open(url, until, { method: 'POST', body, headers: { origin: new URL(url).origin, referer: page.url } })
  }

  async signIn(page, person, until) {
    assert.match(page.url, /\/sign-in\//)
    const after = await this.submit(page, { login: person.username, password: person.password }, until)
    if (after.arrived || !after.url.includes('/account/second-factor/')) return after
    return this.submit(after, { code: totp(person.totp_secret) }, until)
  }
}

export function totp(secret, at = Date.now()) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)))
  const digest = createHmac('sha1', key).update(counter).digest()
  return String((digest.readUInt32BE(digest[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0')
}

export const unescaped = (text) =>
  text.replace(/&(amp|quot|lt|gt|#x27);/g, (_, name) => ({ amp: '&', quot: '"', lt: '<', gt: '>', '#x27': "'" })[name])

// Runs the scene that the command line names, with what the test gives on standard input.
export async function stage(scenes) {
  let text = ''
  for await (const part of process.stdin) text += part
  const result = await scenes[process.argv[2]](JSON.parse(text))
  console.log(JSON.stringify(result ?? {}))
  process.exit(0)
}
